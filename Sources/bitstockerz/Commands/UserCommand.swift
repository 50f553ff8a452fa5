import App
import ArgumentParser
import JSON

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "People who use this installation.",
        subcommands: [Create.self, List.self, Role.self, Invite.self, Recover.self])

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a user with a paper account; the first one becomes admin.")

        @Option(help: "An email as a label; nobody has proven it.")
        var email: String?

        @Option(help: "The name shown in the page.")
        var displayName: String?

        @Flag(help: "Print one JSON object.")
        var json = false

        @OptionGroup var database: DatabaseOptions

        func validate() throws {
            if let email, !email.contains("@") || email.count > 254 {
                throw ValidationError("--email \(email) does not look like an email address.")
            }
            if let displayName, displayName.isEmpty || displayName.count > 100 {
                throw ValidationError("--display-name must have 1 to 100 characters.")
            }
        }

        func run() throws {
            let configuration = try database.configuration()
            let user = try database.withDatabase { db in
                try Users.create(email: email, displayName: displayName, configuration, in: &db)
            }
            if json {
                var writer = Writer()
                writer.beginObject()
                writer.member("id", user.id)
                writer.member("role", user.role.rawValue)
                writer.endObject()
                Console.writeLine(writer.bytes)
            } else {
                Console.say("Created \(user.role.rawValue) \(user.id).")
            }
        }
    }
}
