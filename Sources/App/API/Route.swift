import FastCGI
import HTTP
import JSON
import Postgres

/// One row of the table of routes: what the router, the access check, the reader of requests and `/api/openapi.json`
/// read. Whatever a handler gets was declared here, and with it read and checked.
///
/// ```swift
/// static let get = Route(
///     .get, "/api/strategies/{id}", .signedIn(.read), "One strategy.", takes: .id(.strategy), answers: [found]
/// ) { call, db, id in
///     guard let strategy = try db.run(.strategy(id, of: call.userID())) else { throw Thing.strategy.missing(id) }
///     return found(strategy)
/// }
/// ```
struct Route: Sendable {
    /// Who may call. ``App/Access`` decides.
    enum Access: Sendable {
        case open
        /// A session, or an API key with the scope.
        case signedIn(Scope)
        /// A session, and no API key; with the scope, if any. Confirmed: its sign-in must be recent, which nothing but a
        /// browser can show.
        case session(Scope? = nil, confirmed: Bool = false)
        /// A session, also one that may only add a passkey.
        case anySession
        /// Anybody with a browser; a session that comes along is known to the handler.
        case visitor
    }

    /// Where the work happens: most handlers need the database session, a few must answer without it.
    enum Handler: Sendable {
        case direct(@Sendable (Call) throws -> Response)
        case database(@Sendable (Call, inout Connection) throws -> Response)
        case readiness(@Sendable (Call, ReleaseSchema, inout Database) throws -> Response)
        /// Writes the body of its answer piece by piece.
        case streaming(@Sendable (Call, inout Connection, Begin) throws -> Void)
        /// Takes the body piece by piece, whatever it is.
        case receiving(@Sendable (Call, inout Connection, any BodySource) throws -> Response)
        /// Only in the pool that may ask other servers; between two uses of the database it holds no session's time.
        case outbound(@Sendable (Call, inout Database, Outbound) throws -> Response)
    }

    /// Takes the head of an answer and gives where its body goes; nil where nobody wants it, as with HEAD.
    typealias Begin = (Response) -> (any BodyStream)?

    let method: HTTP.Method
    let path: String
    let access: Access
    let about: String
    /// What a request brings along.
    let parts: [FieldPart]
    let hasBody: Bool
    /// What a body of bytes is, for one who sends it; nil: there is none.
    let receives: String?
    let answers: [any Answering]
    /// How often it may be called; nil: as often as ``RateLimit/calls`` allows, or without end where nobody signs in.
    let limit: RateLimit?
    /// A person's browser comes here by itself: what fails is told by the page, with the problem's code in its address.
    let failsOnPage: Bool
    /// Whether an installation has the address at all.
    let isOffered: @Sendable (Configuration) -> Bool
    let handler: Handler
    /// The most bytes that a request may bring. What nobody has to answer for is bounded by what it needs.
    private(set) var bodyLimit: Int
    private let ownErrors: [ErrorCode]

    /// - Parameters:
    ///   - takes: what the handler gets after the database.
    ///   - errors: what the handler itself refuses; what follows from access, limit and fields is added.
    init<Input>(
        _ method: HTTP.Method, _ path: String, _ access: Access, _ about: String, takes field: Field<Input>,
        answers: [any Answering], errors: [ErrorCode] = [], limit: RateLimit? = nil,
        handler: @escaping @Sendable (Call, inout Connection, Input) throws -> Response
    ) {
        self.init(
            method, path, access, about, field.parts, field.hasBody, answers, errors, limit,
            .database { call, db in try handler(call, &db, FieldReader.read(field, of: call)) })
    }

    /// A route that takes nothing but its address.
    init(
        _ method: HTTP.Method, _ path: String, _ access: Access, _ about: String, answers: [any Answering],
        errors: [ErrorCode] = [], limit: RateLimit? = nil,
        handler: @escaping @Sendable (Call, inout Connection) throws -> Response
    ) {
        self.init(
            method, path, access, about, takes: .nothing, answers: answers, errors: errors, limit: limit
        ) { call, db, _ in try handler(call, &db) }
    }

    // Two and three inputs, written out: the compiler does not see that a closure's second parameter is inout where a
    // parameter pack follows it.

    init<First, Second>(
        _ method: HTTP.Method, _ path: String, _ access: Access, _ about: String, takes first: Field<First>,
        _ second: Field<Second>, answers: [any Answering], errors: [ErrorCode] = [], limit: RateLimit? = nil,
        handler: @escaping @Sendable (Call, inout Connection, First, Second) throws -> Response
    ) {
        self.init(
            method, path, access, about, takes: Field<(First, Second)>.group(first, second) { ($1, $2) },
            answers: answers, errors: errors, limit: limit
        ) { call, db, input in try handler(call, &db, input.0, input.1) }
    }

    init<First, Second, Third>(
        _ method: HTTP.Method, _ path: String, _ access: Access, _ about: String, takes first: Field<First>,
        _ second: Field<Second>, _ third: Field<Third>, answers: [any Answering], errors: [ErrorCode] = [],
        limit: RateLimit? = nil,
        handler: @escaping @Sendable (Call, inout Connection, First, Second, Third) throws -> Response
    ) {
        self.init(
            method, path, access, about,
            takes: Field<(First, Second, Third)>.group(first, second, third) { ($1, $2, $3) },
            answers: answers, errors: errors, limit: limit
        ) { call, db, input in try handler(call, &db, input.0, input.1, input.2) }
    }

    /// A route that answers without the database, and takes nothing but its address.
    static func direct(
        _ method: HTTP.Method, _ path: String, _ access: Access, _ about: String, answers: [any Answering],
        handler: @escaping @Sendable (Call) throws -> Response
    ) -> Route {
        Route(
            method, path, access, about, [], false, answers, [], nil,
            .direct { call in
                try FieldReader.read(.nothing, of: call)
                return try handler(call)
            })
    }

    /// A route that answers also while the database is away.
    ///
    /// - Parameter isOffered: whether the address exists on an installation; else everybody hears 404.
    static func readiness(
        _ method: HTTP.Method, _ path: String, _ about: String, answers: [any Answering], errors: [ErrorCode] = [],
        isOffered: @escaping @Sendable (Configuration) -> Bool = { _ in true },
        handler: @escaping @Sendable (Call, ReleaseSchema, inout Database) throws -> Response
    ) -> Route {
        Route(
            method, path, .open, about, [], false, answers, errors, nil, isOffered: isOffered,
            .readiness { call, schema, database in
                try FieldReader.read(.nothing, of: call)
                return try handler(call, schema, &database)
            })
    }

    /// A route whose answer may be large, and is never in memory whole.
    ///
    /// - Parameters:
    ///   - limit: one of its own where nothing bounds what it makes, for it holds a responder until all is made.
    ///   - write: makes the body, once it has begun the answer. What it throws before much is written becomes a refusal, later
    ///     the end of the answer.
    static func streaming<Input>(
        _ method: HTTP.Method, _ path: String, _ access: Access, _ about: String, takes field: Field<Input>,
        answers: [any Answering], errors: [ErrorCode] = [], limit: RateLimit? = nil,
        write: @escaping @Sendable (Call, inout Connection, Input, Begin) throws -> Void
    ) -> Route {
        Route(
            method, path, access, about, field.parts, field.hasBody, answers, errors, limit,
            .streaming { call, db, begin in try write(call, &db, FieldReader.read(field, of: call), begin) })
    }

    /// A route whose body is a file, and is never in memory whole.
    ///
    /// - Parameters:
    ///   - file: what it may be.
    ///   - types: the media types under which it may come, besides that of mere bytes.
    ///   - bodyLimit: the most bytes of it.
    static func receiving<Input>(
        _ method: HTTP.Method, _ path: String, _ access: Access, _ about: String, file: String, types: Set<String>,
        bodyLimit: Int, takes field: Field<Input>, answers: [any Answering], errors: [ErrorCode] = [],
        limit: RateLimit,
        handler: @escaping @Sendable (Call, inout Connection, any BodySource, Input) throws -> Response
    ) -> Route {
        Route(
            method, path, access, about, field.parts, false, receives: file, answers,
            [.unsupportedMediaType] + errors, limit,
            .receiving { call, db, source in
                let input = try FieldReader.read(field, of: call)
                guard let type = call.request.mediaType, type == bytesType || types.contains(type) else {
                    throw Problem(
                        .unsupportedMediaType,
                        "Send the file as \(([bytesType] + types.sorted()).joined(separator: ", ")).")
                }
                return try handler(call, &db, source, input)
            }
        ).taking(bodyOf: bodyLimit)
    }

    /// Of bytes of which nothing else is said.
    static let bytesType = "application/octet-stream"

    /// A route that asks other servers.
    ///
    /// - Parameter failsOnPage: a person's browser comes here by itself.
    static func outbound<Input>(
        _ method: HTTP.Method, _ path: String, _ access: Access, _ about: String, takes field: Field<Input>,
        answers: [any Answering], errors: [ErrorCode] = [], limit: RateLimit? = nil, failsOnPage: Bool = false,
        handler: @escaping @Sendable (Call, inout Database, Outbound, Input) throws -> Response
    ) -> Route {
        Route(
            method, path, access, about, field.parts, field.hasBody, answers, errors, limit, failsOnPage: failsOnPage,
            .outbound { call, database, outbound in
                try handler(call, &database, outbound, FieldReader.read(field, of: call))
            })
    }

    private init(
        _ method: HTTP.Method, _ path: String, _ access: Access, _ about: String, _ parts: [FieldPart],
        _ hasBody: Bool, receives: String? = nil, _ answers: [any Answering], _ errors: [ErrorCode],
        _ limit: RateLimit?,
        failsOnPage: Bool = false, isOffered: @escaping @Sendable (Configuration) -> Bool = { _ in true },
        _ handler: Handler
    ) {
        (self.method, self.path, self.access, self.about) = (method, path, access, about)
        (self.parts, self.hasBody, self.answers, self.limit) = (parts, hasBody, answers, limit)
        self.receives = receives
        (self.failsOnPage, self.isOffered, self.handler, ownErrors) = (failsOnPage, isOffered, handler, errors)
        switch access {
        case .open, .visitor: bodyLimit = Self.anonymousBodyLimit
        case .signedIn, .session, .anySession: bodyLimit = FastCGI.Limits.standardBodyBytes
        }
    }

    /// What an open route needs that takes a few words or a signature.
    private static let anonymousBodyLimit = 16_384

    /// The same, which takes larger bodies than others of its access.
    func taking(bodyOf bytes: Int) -> Route {
        var route = self
        route.bodyLimit = bytes
        return route
    }

    /// What programs call it, by its method and address: `getStrategiesById`.
    var name: String {
        let words = path.split(separator: "/").dropFirst().flatMap { segment in
            (segment.hasPrefix("{") ? ["by"] : []) + segment.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        }
        return words.reduce(method.rawValue.lowercased()) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }

    /// Under which head the document shows it.
    var tag: String {
        switch path.split(separator: "/").dropFirst().first {
        case "auth": "Signing in"
        case "me", "users", "dashboard": "Accounts"
        case "paper-account", "trading": "Paper trading"
        case "alerts", "notifications", "webhooks": "Alerts"
        case "symbols", "market-data": "Market data"
        case "strategies": "Strategies"
        case "backtests": "Backtests"
        default: "Service"
        }
    }

    /// Whether its callers are counted, and told where they stand.
    var isCounted: Bool { effectiveLimit != nil }

    /// The limit in force; nil on public routes, which nginx limits by address.
    var effectiveLimit: RateLimit? {
        switch access {
        case .open, .visitor: limit
        case .signedIn, .session, .anySession: limit ?? .calls
        }
    }

    /// Every way in which the route may refuse.
    var errors: [ErrorCode] {
        var codes: [ErrorCode] = [.validationError] + ownErrors + parts.flatMap(\.errors)
        if hasBody { codes += [.unsupportedMediaType] }
        // Bytes come along with whatever method a client likes.
        codes += [.payloadTooLarge]
        switch access {
        case .open: break
        case .visitor: codes += [.forbidden]
        case .session(_, confirmed: true): codes += [.unauthorized, .forbidden, .reauthenticationRequired]
        case .signedIn, .session, .anySession: codes += [.unauthorized, .forbidden]
        }
        // Every address is limited: by us where its route says so, by the web server everywhere.
        codes += [.rateLimited, .internalError, .serviceUnavailable]
        return ErrorCode.allCases.filter(codes.contains)
    }
}
