import HTTP
import JSON
import Postgres

/// What a personal API key may do (api.md, "Rights").
public enum Scope: String, Sendable, CaseIterable {
    case read, research, trade, ingest, admin

    /// Whether an owner of this role (user, operator, admin) may have it: a key never does what its owner may not.
    func isAllowed(for role: String) -> Bool {
        switch self {
        case .read, .research, .trade: true
        case .ingest: role == "operator" || role == "admin"
        case .admin: role == "admin"
        }
    }
}

/// One request on its way through a handler.
struct Call: Sendable {
    let request: Request
    /// Nil on public routes.
    let caller: Caller?
    let configuration: Configuration
    /// What is wrong with the names in the query; a handler that reads the query adds its own and refuses them together.
    var queryMistakes = Mistakes()

    /// The value of `{name}` in the route's path.
    func parameter(_ name: String) -> String { request.parameters[name] ?? "" }

    /// The signed-in user's id.
    ///
    /// - Throws: 401 on a public route, where nobody is signed in.
    func userID() throws -> String { try signedIn().userID }

    /// - Throws: 401 on a public route, where nobody is signed in.
    func signedIn() throws -> Caller {
        guard let caller else { throw Problem(.unauthorized) }
        return caller
    }

    /// - Throws: 401 without a session.
    func session() throws -> Sessions.Session {
        guard let session = caller?.session else { throw Problem(.unauthorized) }
        return session
    }
}

/// One row of the table of routes: what the router, the access check, the query check and `/api/openapi.json` read.
struct Route: Sendable {
    /// Who may call. ``App/Access`` decides.
    enum Access: Sendable {
        case open
        /// A session, or an API key with the scope. Confirmed: a session's sign-in must be recent.
        case signedIn(Scope, confirmed: Bool = false)
        /// A session, and no API key.
        case session(confirmed: Bool = false)
        /// A session, also one that may only add a passkey.
        case anySession
        /// Anybody with a browser; a session that comes along is known to the handler.
        case visitor
    }

    /// Where the work happens: most handlers need the database session, a few must answer without it.
    enum Handler: Sendable {
        case direct(@Sendable (Call) throws -> Response)
        case database(@Sendable (Call, inout Connection) throws -> Response)
        case readiness(@Sendable (Call, inout Database) -> Response)
        /// Only in the pool that may ask other servers; between two uses of the database it holds no session's time.
        case outbound(@Sendable (Call, inout Database, any IdentityProviders) throws -> Response)
    }

    struct Parameter: Sendable {
        enum Place: String, Sendable { case path, query, header }
        let name: String
        let place: Place
        let schema: Schema
        let isRequired: Bool
        let about: String

        static func path(_ name: String, _ schema: Schema, _ about: String) -> Parameter {
            Parameter(name: name, place: .path, schema: schema, isRequired: true, about: about)
        }
        static func query(_ name: String, _ schema: Schema, _ about: String, required: Bool = false) -> Parameter {
            Parameter(name: name, place: .query, schema: schema, isRequired: required, about: about)
        }
        static func header(_ name: String, _ schema: Schema, _ about: String) -> Parameter {
            Parameter(name: name, place: .header, schema: schema, isRequired: false, about: about)
        }
    }

    struct Answer: Sendable {
        let status: Int
        let about: String
        let schema: Schema
        var type = "application/json"
    }

    let method: HTTP.Method
    let path: String
    let access: Access
    let about: String
    var parameters: [Parameter] = []
    var body: Schema?
    let answers: [Answer]
    var errors: [ErrorCode] = []
    /// How often it may be called; nil: as often as ``RateLimit/calls`` allows, or without end where nobody signs in.
    var limit: RateLimit?
    /// A person's browser comes here by itself: what fails is told by the page, with the problem's code in its address.
    var failsOnPage = false
    let handler: Handler

    /// The limit in force; nil on public routes, which nginx limits by address.
    var effectiveLimit: RateLimit? {
        switch access {
        case .open, .visitor: limit
        case .signedIn, .session, .anySession: limit ?? .calls
        }
    }

    /// Whether the handler reads the query, and with it ``Call/queryMistakes``.
    var takesQuery: Bool { parameters.contains { $0.place == .query } }

    /// Query parameters the route does not know, or that come twice (api.md).
    func queryMistakes(of request: Request) -> Mistakes {
        var mistakes = Mistakes()
        var seen: Set<String> = []
        for item in request.query.items {
            if !seen.insert(item.name).inserted {
                mistakes.add(item.name, "DUPLICATE_PARAMETER", "\(item.name) is given more than once.")
            } else if !parameters.contains(where: { $0.place == .query && $0.name == item.name }) {
                mistakes.add(item.name, "UNKNOWN_PARAMETER", "\(item.name) is not a parameter of this address.")
            }
        }
        return mistakes
    }
}

/// A fragment of JSON Schema (draft 2020-12, as OpenAPI 3.1 takes it).
struct Schema: Sendable {
    let value: Value

    static let text = Schema(value: ["type": .string("string")])
    static let number = Schema(value: ["type": .string("number")])
    static let flag = Schema(value: ["type": .string("boolean")])
    static let uuid = formatted("uuid")
    static let day = formatted("date")
    static let time = formatted("date-time")
    static let money = Schema(value: ["type": .string("string"), "pattern": .string("^[0-9]{1,16}\\.[0-9]{2}$")])
    static let anything = Schema(value: .object([:]))

    static func formatted(_ format: String) -> Schema {
        Schema(value: ["type": .string("string"), "format": .string(format)])
    }

    static func integer(_ range: ClosedRange<Int>? = nil, default fallback: Int? = nil) -> Schema {
        var members: [(String, Value)] = [("type", .string("integer"))]
        if let range {
            members.append(("minimum", .number(Number(range.lowerBound))))
            members.append(("maximum", .number(Number(range.upperBound))))
        }
        if let fallback { members.append(("default", .number(Number(fallback)))) }
        return Schema(value: .object(Object(members)))
    }

    static func oneOf(_ texts: [String]) -> Schema {
        Schema(value: ["type": .string("string"), "enum": .array(texts.map { .string($0) })])
    }

    static func list(_ item: Schema) -> Schema { Schema(value: ["type": .string("array"), "items": item.value]) }

    static func named(_ name: String) -> Schema {
        Schema(value: ["$ref": .string("#/components/schemas/\(name)")])
    }

    /// Members in order; a name that ends with `?` may be absent.
    static func object(_ members: [(String, Schema)]) -> Schema {
        var properties: [(String, Value)] = [], required: [Value] = []
        for (name, schema) in members {
            let isOptional = name.hasSuffix("?")
            let plain = isOptional ? String(name.dropLast()) : name
            properties.append((plain, schema.value))
            if !isOptional { required.append(.string(plain)) }
        }
        return Schema(
            value: .object(
                Object([
                    ("type", .string("object")), ("properties", .object(Object(properties))),
                    ("required", .array(required)),
                ])))
    }

    /// A page of a list, as every listing answers it.
    static func page(of name: String, _ item: Schema) -> Schema {
        .object([(name, .list(item)), ("limit", .integer()), ("offset", .integer()), ("has_more", .flag)])
    }

    /// The value or JSON null.
    var orNull: Schema { Schema(value: ["anyOf": .array([value, ["type": .string("null")]])]) }
}
