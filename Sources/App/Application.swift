import Daemon
import Glibc
import HTTP
import JSON
import Postgres
import System

/// Which processes serve a request: nginx tells them apart by the address.
public enum Pool {
    /// Everything but the few requests below. These processes reach nothing outside.
    case responders
    /// Requests that ask other servers: slow or hostile ones never hold up the others.
    case outbound(Outbound)

    /// How its processes are called in logs and by Postgres.
    public var name: String { program.rawValue }

    var program: Program {
        switch self {
        case .responders: .responder
        case .outbound: .outbound
        }
    }

    var routes: [Route] {
        switch self {
        case .responders: Routes.responders
        case .outbound: Routes.outbound
        }
    }
}

/// Those outside whom the second pool asks.
public struct Outbound {
    /// Who signs people in elsewhere.
    let identities: any IdentityProviders
    /// Who looks where webhooks lead to.
    let webhooks: any WebhookServers

    public init(identities: any IdentityProviders, webhooks: any WebhookServers) {
        (self.identities, self.webhooks) = (identities, webhooks)
    }
}

/// The API of one process of a pool: takes a request, answers it, and never throws.
///
/// Holds nothing between requests but its session with Postgres (architecture.md, "Processes").
public struct Application: ~Copyable {
    private let configuration: Configuration
    private let pool: Pool
    private let log: Log
    private var database: Database
    private let schema: ReleaseSchema
    private let router: Router<(route: Route, place: Int)>
    /// What every address takes, also those of the other pool: nginx refuses TRACE before it knows whose an address is.
    private let methods: Router<Void>
    /// When rows of rate limits that say nothing any more are removed next, on the monotonic clock.
    private var nextPruning: Int64 = 0

    public init(_ configuration: Configuration, _ pool: Pool = .responders, log: Log) {
        self.configuration = configuration
        self.pool = pool
        self.log = log
        database = Database(configuration, applicationName: pool.name, log: log)
        schema = ReleaseSchema(directory: configuration.migrationsDirectory)
        // What is off has no address, and what is counted is counted by the place in the whole table.
        let offered = Routes.all.enumerated().filter { $1.isOffered(configuration) }
        router = Router(
            offered.compactMap { place, route in
                guard pool.routes.contains(where: { $0.method == route.method && $0.path == route.path }) else {
                    return nil
                }
                return (route.method, route.path, (route, place))
            })
        methods = Router(offered.map { ($1.method, $1.path, ()) })
    }

    /// What is logged of an answer that nobody took, as nginx calls it.
    private static let clientGone = 499

    /// For the moments without a request: keeps the database session alive or restores it.
    public mutating func idle() {
        database.idle()
        pruneRateLimits()
    }

    /// - Parameters:
    ///   - source: the request's body, for a route that takes it piece by piece.
    ///   - stream: for a route whose answer comes piece by piece; what is returned then is its head, or what to say while
    ///     nothing has gone out.
    public mutating func respond(
        to request: Request, from source: any BodySource, streamingTo stream: any BodyStream
    ) -> Response {
        let started = SystemClock.monotonicNanoseconds()
        Meters.current.isBusy(true, pool.program)
        defer { Meters.current.isBusy(false, pool.program) }
        var exchange = Exchange(request: request)
        var response: Response
        do { response = try answer(&exchange, source, stream) } catch let problem as Problem {
            response = failure(problem, exchange)
        } catch let error as StreamClosedError {
            if let number = error.number {
                let cause = SystemError("keep an answer", number)
                log.error(
                    "request failed",
                    [
                        "request_id": .string(request.requestID), "route": .string(exchange.path),
                        "detail": .string("\(cause)"),
                    ])
                response = failure(Self.problem(for: cause), exchange)
            } else {
                response = Response(status: Self.clientGone)
            }
        } catch is BodyCutShortError {
            response = Response(status: Self.clientGone)
        } catch {
            log.error(
                "request failed",
                [
                    "request_id": .string(request.requestID), "route": .string(exchange.path),
                    "detail": .string("\(error)"),
                ])
            response = failure(Self.problem(for: error), exchange)
        }
        exchange.complete(&response)
        for unknown in UnknownWords.take() {
            log.warning(
                "stored word of another release", ["list": .string(unknown.list), "word": .string(unknown.word)])
        }
        let elapsed = SystemClock.monotonicNanoseconds() - started
        Meters.current.answered(
            route: exchange.place, source.byteCount, response.status,
            response.body.count + stream.writtenBytes, nanoseconds: elapsed)
        record(exchange, response.status, elapsed)
        return response
    }

    /// What the accept loop could not read is answered in the same form as everything else.
    public func refuse(_ refusal: Refusal) -> Response {
        let problem =
            switch refusal.reason {
            case .bodyTooLarge: Problem(.payloadTooLarge, refusal.reason.detail)
            case .unknownMethod: notAllowed(at: refusal.rawPath)
            default: Problem(.validationError, refusal.reason.detail)
            }
        log.info(
            "request refused",
            [
                "request_id": .string(refusal.requestID), "status": .number(Number(problem.status)),
                "detail": .string(refusal.reason.detail),
            ])
        var response = problem.response(instance: refusal.rawPath, requestID: refusal.requestID)
        response.fields.append("Cache-Control", "no-store")
        Meters.current.refused(problem)
        Meters.current.answered(
            route: Meters.unmatched, 0, response.status, response.body.count, nanoseconds: nil)
        return response
    }

    private mutating func answer(
        _ exchange: inout Exchange, _ source: any BodySource, _ stream: any BodyStream
    ) throws -> Response {
        let method = exchange.request.method
        let route: Route
        switch router.match(method, exchange.request.segments) {
        case .found(let found, let parameters):
            route = found.route
            exchange.route = route
            exchange.place = found.place
            exchange.request.parameters = parameters
        case .methodNotAllowed(let allowed):
            throw Self.notAllowed(allowed)
        case .notFound: throw Self.nothingHere
        }
        let request = exchange.request
        guard source.byteCount <= route.bodyLimit else {
            throw Problem(.payloadTooLarge, RequestError.bodyTooLarge(limit: route.bodyLimit).detail)
        }
        if let access = try Access(request, route.access, route.effectiveLimit, configuration) {
            exchange.found = try database.use(repeatable: true) { db in try access.ask(&db) }
            try access.check(exchange.found)
        }
        let call = Call(request: request, caller: exchange.found.caller, configuration: configuration, log: log)
        switch route.handler {
        case .direct(let handle): return try handle(call)
        case .readiness(let handle): return try handle(call, schema, &database)
        case .outbound(let handle):
            guard case .outbound(let outbound) = pool else { throw Problem(.notFound) }
            return try handle(call, &database, outbound)
        case .streaming(let write):
            var begun = Response(status: 200)
            try database.use { db in
                try write(call, &db) { head in
                    begun = head
                    exchange.complete(&begun)
                    stream.begin(begun)
                    return method == .head ? nil : stream
                }
            }
            stream.end()
            return begun
        case .receiving(let handle): return try database.use { db in try handle(call, &db, source) }
        case .database(let handle):
            return try database.use(repeatable: method == .get || method == .head) { db in try handle(call, &db) }
        }
    }

    private static let nothingHere = Problem(.notFound, "There is nothing at this address.")

    private static func notAllowed(_ allowed: [HTTP.Method]) -> Problem {
        let methods = allowed.map(\.rawValue).joined(separator: ", ")
        return Problem(.methodNotAllowed, "This address takes \(methods).", fields: ["Allow": methods])
    }

    /// Of a method that is none. Beside the API there is only the page, which is read.
    private func notAllowed(at path: String) -> Problem {
        guard path == "/api" || path.hasPrefix("/api/") else { return Self.notAllowed([.get, .head]) }
        let allowed = (try? Request(.get, path)).map { methods.methods($0.segments) } ?? []
        return allowed.isEmpty ? Self.nothingHere : Self.notAllowed(allowed)
    }

    /// A problem in the form in which the route's callers can read it.
    private func failure(_ problem: Problem, _ exchange: Exchange) -> Response {
        Meters.current.refused(problem, limit: exchange.route?.effectiveLimit)
        if exchange.route?.failsOnPage == true, let origin = configuration.origin(of: exchange.request) {
            return OAuthRoutes.page(origin, error: problem.code)
        }
        return problem.response(instance: exchange.request.rawPath, requestID: exchange.request.requestID)
    }

    /// About once a minute, in a moment without a request. Processes need not agree: who comes second finds nothing.
    private mutating func pruneRateLimits() {
        let now = SystemClock.monotonicNanoseconds()
        guard now >= nextPruning else { return }
        nextPruning = now + Int64(RateLimit.window) * 1_000_000_000
        do {
            let removed = try database.use { db in try db.run(.pruningRateLimits()) }
            if removed > 0 { log.debug("rate limits pruned", ["rows": .number(Number(removed))]) }
        } catch {
            log.warning("rate limits not pruned", ["detail": .string("\(error)")])
        }
    }

    /// What a visitor is told of an error that is not a ``Problem``: never SQL, host names or driver text.
    static func problem(for error: any Error) -> Problem {
        if let error = error as? SystemError, [ENOSPC, EDQUOT].contains(error.number) { return noRoom }
        guard let error = error as? PostgresError else {
            return Problem(.internalError, "The request could not be completed.")
        }
        if error.isLostSession { return Database.unavailable(afterSeconds: 1) }
        if error.code == .diskFull { return Database.full }
        return error.mayPass ? Database.busy : Problem(.internalError, "The request could not be completed.")
    }

    private static let noRoom = Problem(
        .serviceUnavailable,
        "The server has no room left for a file that this needs. Its administrator has to make some.",
        fields: ["Retry-After": "60"])

    private func record(_ exchange: Exchange, _ status: Int, _ nanoseconds: Int64) {
        let fields: () -> KeyValuePairs<String, Value> = {
            [
                "request_id": .string(exchange.request.requestID),
                "trace_id": exchange.traceID.map { .string($0) } ?? .null, "route": .string(exchange.path),
                "method": .string(exchange.request.methodText), "status": .number(Number(status)),
                "duration_ms": .number(Number(Double(nanoseconds / 1_000) / 1_000)),
                "user_id": exchange.found.caller.map { .string($0.userID) } ?? .null,
            ]
        }
        if status >= 500 { log.error("request", fields()) } else { log.info("request", fields()) }
    }
}

/// One request on its way, and what is known of it so far: enough to answer and to log it wherever it fails.
private struct Exchange {
    var request: Request
    var route: Route?
    /// Where the route stands in the table.
    var place = Meters.unmatched
    var found = Access.Found()

    /// Of the caller's own tracing, where it does any.
    var traceID: String? { request.fields["traceparent"].flatMap { TraceParent($0) }?.traceID }

    /// Adds what every answer of this exchange says. A refusal for one request too many says some of it already.
    func complete(_ response: inout Response) {
        for field in found.standing?.fields.items ?? [] { response.fields[field.name] = field.value }
        if response.fields["Cache-Control"] == nil { response.fields.append("Cache-Control", "no-store") }
    }

    /// The route's, never the request's own: that may hold anything.
    var path: String { route?.path ?? "-" }
}
