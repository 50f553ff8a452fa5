import HTTP
import System

/// What a path names, and how a request that finds none is refused: 404, also for what belongs to somebody else.
struct Thing: Sendable {
    let noun: String
    let code: ErrorCode

    static let strategy = Thing(noun: "strategy", code: .strategyNotFound)
    static let backtest = Thing(noun: "backtest", code: .backtestNotFound)
    static let order = Thing(noun: "order", code: .notFound)
    static let runner = Thing(noun: "runner", code: .notFound)
    static let replay = Thing(noun: "replay", code: .notFound)
    static let upload = Thing(noun: "upload", code: .notFound)
    static let job = Thing(noun: "job", code: .jobNotFound)
    static let session = Thing(noun: "session", code: .notFound)
    static let key = Thing(noun: "key", code: .notFound)
    static let alert = Thing(noun: "alert", code: .notFound)
    static let notification = Thing(noun: "notification", code: .notFound)
    static let webhook = Thing(noun: "webhook", code: .notFound)
    static let user = Thing(noun: "user", code: .notFound)

    func missing(_ id: String) -> Problem { Problem(code, "There is no \(noun) \(id).") }
}

extension Field where Content == String {
    /// The id of a thing in the path. What can be no id is no thing: 404, like an id that nobody has.
    static func id(_ thing: Thing, _ name: String = "id") -> Field {
        let part = FieldPart(
            name: name, place: .path, schema: Form<String>.uuid.schema, isRequired: true, about: "The \(thing.noun)",
            errors: [thing.code])
        return Field(parts: [part]) { reader in
            let written = reader.call.parameter(name)
            guard let id = UUID(written)?.text else { throw thing.missing(written) }
            return id
        }
    }
}
