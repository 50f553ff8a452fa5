import App
import ArgumentParser
import JSON
import Postgres

struct APIKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-key", abstract: "Personal API keys.", subcommands: [Create.self])

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key for a user. It is shown once and stored only as a hash.")

        @Option(help: "Id or email of the owner.")
        var user: String

        @Option(help: "What the key is for.")
        var name: String

        @Option(help: "Scopes, separated by commas: read, research, trade, ingest, admin.")
        var scopes = "read,research"

        @Option(help: "Days until the key ends; 0 for never.")
        var expiresInDays = 365

        @Flag(help: "Print one JSON object.")
        var json = false

        @OptionGroup var database: DatabaseOptions

        func validate() throws {
            _ = try parsedScopes()
            guard (0...36_500).contains(expiresInDays) else {
                throw ValidationError("--expires-in-days must be from 0 to 36500.")
            }
            guard (1...100).contains(name.unicodeScalars.count) else {
                throw ValidationError("--name must have 1 to 100 characters.")
            }
        }

        func run() throws {
            let scopes = try parsedScopes()
            let key = try UserCommand.withUser(user, database) { owner, db in
                do {
                    return try APIKeys.create(
                        for: owner, name: name, scopes: scopes, expiresInDays: expiresInDays == 0 ? nil : expiresInDays,
                        in: &db)
                } catch let refusal as APIKeys.ScopeRefusal {
                    throw Console.fail(
                        "--scopes: \(user) has the role \(refusal.role), which does not allow \(refusal.scope.rawValue)",
                        ExitStatus.usage)
                }
            }
            if json {
                var writer = Writer()
                writer.beginObject()
                writer.member("id", key.id)
                writer.member("key", key.key)
                writer.member("prefix", key.prefix)
                writer.endObject()
                Console.writeLine(writer.bytes)
            } else {
                Console.note("Keep this key: it is not shown again.")
                Console.say(key.key)
            }
        }

        private func parsedScopes() throws -> [Scope] {
            let parsed = try scopes.split(separator: ",").map { text in
                guard let scope = Scope(rawValue: String(text)) else {
                    throw ValidationError(
                        "--scopes: \(text) is not one of \(Scope.allCases.map(\.rawValue).joined(separator: ", ")).")
                }
                return scope
            }
            guard !parsed.isEmpty, Set(parsed).count == parsed.count else {
                throw ValidationError("--scopes must name at least one scope, each once.")
            }
            return parsed
        }
    }
}
