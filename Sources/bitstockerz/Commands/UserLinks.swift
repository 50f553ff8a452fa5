import App
import ArgumentParser
import HTTP
import JSON
import Market
import Postgres
import Settings

extension UserCommand {
    struct Invite: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a link by which one person may sign up, also where \(Variable.registration)=invite.")

        @Option(help: "What the new user may do: user, operator, admin.")
        var role = "user"

        @Option(help: "For whom it is; kept with the invitation.")
        var note: String?

        @Option(help: "Days until the link is worth nothing.")
        var expiresInDays = 7

        @OptionGroup var link: LinkOptions
        @OptionGroup var database: DatabaseOptions

        func validate() throws {
            guard App.Role(rawValue: role) != nil else {
                throw ValidationError("--role must be user, operator or admin.")
            }
            guard (1...365).contains(expiresInDays) else {
                throw ValidationError("--expires-in-days must be 1 to 365.")
            }
            if let note, !(1...254).contains(note.unicodeScalars.count) {
                throw ValidationError("--note must have 1 to 254 characters.")
            }
        }

        func run() throws {
            _ = try database.auditKey()
            let configuration = try database.configuration()
            let token = try database.withDatabase { db in
                try Invitations.make(
                    role: App.Role(rawValue: role) ?? .user, note: note, days: expiresInDays, configuration, in: &db)
            }
            link.show("join", token, "Good for one person, for \(counted(expiresInDays, "day")).", configuration)
        }
    }

    struct Recover: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a link by which a user who lost every passkey adds a new one; good for fifteen minutes.")

        @Argument(help: "Id or email of the user.")
        var user: String

        @OptionGroup var link: LinkOptions
        @OptionGroup var database: DatabaseOptions

        func run() throws {
            _ = try database.auditKey()
            let configuration = try database.configuration()
            let token = try UserCommand.withUser(user, database) { id, db in
                try RecoveryCodes.makeLink(for: id, configuration, in: &db)
            }
            link.show(
                "recover", token, "Good once, for 15 minutes. Make sure that you give it to the right person.",
                configuration)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List everybody who has an account.")

        @Flag(help: "Print one JSON array.")
        var json = false

        @OptionGroup var database: DatabaseOptions

        func run() throws {
            let users = try database.withDatabase { db in try Users.all(in: &db) }
            if json {
                var writer = Writer()
                writer.array(users) { $1.write(into: &$0) }
                Console.writeLine(writer.bytes)
            } else {
                Console.say(
                    Console.table(
                        [["id", "role", "email", "name", "passkeys"]]
                            + users.map {
                                [
                                    $0.id, $0.isDisabled ? "disabled" : $0.role.rawValue, $0.email ?? "",
                                    $0.displayName ?? "",
                                    String($0.passkeyCount),
                                ]
                            }))
            }
        }
    }

    struct Role: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give a user another role.")

        @Argument(help: "Id or email of the user.")
        var user: String

        @Argument(help: "user, operator or admin.")
        var role: String

        @OptionGroup var database: DatabaseOptions

        func validate() throws {
            guard App.Role(rawValue: role) != nil else {
                throw ValidationError("The role must be user, operator or admin.")
            }
        }

        func run() throws {
            _ = try database.auditKey()
            let configuration = try database.configuration()
            try database.withDatabase { db in
                do {
                    try Users.setRole(
                        App.Role(rawValue: role) ?? .user, of: UserCommand.theUser(user, in: &db), configuration,
                        in: &db)
                } catch is Users.LastAdminRefusal {
                    throw Console.fail("this is the only admin: make somebody else admin first", ExitStatus.usage)
                }
            }
            Console.say("\(user) is \(role) now.")
        }
    }

    /// The one user with this id or email.
    ///
    /// - Throws: an exit code after saying that there is none, or several.
    static func theUser(_ user: String, in db: inout Connection) throws -> String {
        let ids = try Users.find(user, in: &db)
        switch ids.count {
        case 1: return ids[0]
        case 0: throw Console.fail("there is no user \(user)", ExitStatus.noInput)
        default:
            throw Console.fail(
                "\(ids.count) users have the email \(user); give the id: \(ids.joined(separator: ", "))",
                ExitStatus.usage)
        }
    }

    /// Gives a user something that they must still be there for.
    static func withUser<T>(
        _ user: String, _ database: DatabaseOptions, _ body: (String, inout Connection) throws -> T
    ) throws -> T {
        try database.withDatabase { db in
            do { return try body(theUser(user, in: &db), &db) } catch is Problem {
                throw Console.fail("\(user) was deleted or shut out", ExitStatus.noInput)
            }
        }
    }
}

/// How a link is shown.
struct LinkOptions: ParsableArguments {
    @Option(help: "Address of the page. Default: the first of \(Variable.publicOrigins).")
    var origin: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    /// The token stands behind the `#`, which no browser sends to a server: it is in no log.
    func show(_ page: String, _ token: String, _ note: String, _ configuration: Configuration) {
        let address = origin ?? configuration.relyingParty?.address
        if json {
            var writer = Writer()
            writer.beginObject()
            writer.member("url", address.map { "\($0)/\(page)#\(token)" })
            writer.member("token", token)
            writer.endObject()
            Console.writeLine(writer.bytes)
        } else {
            if address == nil {
                Console.note("Put the address of your installation in front: \(Variable.publicOrigins) is not set.")
            }
            Console.note(note)
            Console.say("\(address ?? "")/\(page)#\(token)")
        }
    }
}
