import Daemon
import HTTP
import JSON
import Postgres
import System

/// The process's one ``Session`` with Postgres, as requests need it: while the server is away they are answered 503
/// (architecture.md, "Responder").
struct Database: ~Copyable {
    private var session: Session

    init(_ configuration: Configuration, applicationName: String, log: Log) {
        session = .logged(
            configuration.databaseURL,
            SessionSettings(
                applicationName: applicationName, connectTimeoutSeconds: 3,
                statementTimeoutMilliseconds: configuration.databaseStatementTimeoutMilliseconds, plansOnce: true,
                isPooled: configuration.databasePooler != .none),
            log)
    }

    /// Lends the session to `body`.
    ///
    /// - Parameter isRepeatable: the work may safely be done twice (it only reads): when the session turns out to be
    ///   lost, it is opened again and the work repeated once.
    /// - Throws: ``Problem`` 503 when there is no session; whatever `body` throws.
    mutating func use<T>(repeatable isRepeatable: Bool = false, _ body: (inout Connection) throws -> T) throws -> T {
        do { return try session.use(repeatable: isRepeatable, body) } catch let error as Session.UnavailableError {
            throw Self.unavailable(afterSeconds: error.retryAfterSeconds)
        }
    }

    /// For idle time: notices a server that went away, and opens the session again when it may be tried.
    mutating func idle() { session.idle() }

    static let busy = Problem(
        .serviceUnavailable, "The database is too busy to answer. Try again shortly.", fields: ["Retry-After": "1"])

    /// What was asked for is not done, and reading may go on.
    static let full = Problem(
        .serviceUnavailable,
        "The database has no room left, and nothing was stored. Its administrator has to make some.",
        fields: ["Retry-After": "60"])

    static func unavailable(afterSeconds seconds: Int) -> Problem {
        Problem(
            .serviceUnavailable, "The database is not reachable at the moment. Try again shortly.",
            fields: ["Retry-After": String(seconds)])
    }
}

extension Session {
    /// One that tells the log what becomes of it.
    static func logged(_ conninfo: String, _ settings: SessionSettings, _ log: Log) -> Session {
        Session(conninfo, Meters.current.counting(settings)) { event in
            Meters.current.happened(event)
            switch event {
            case .lost(let detail): log.warning("database session lost", ["detail": .string(detail)])
            case .unreachable(let detail, let attempt):
                log.error(
                    "database unreachable", ["detail": .string(detail), "attempt": .number(Number(attempt))])
            case .restored(let attempts):
                log.info("database session restored", ["attempts": .number(Number(attempts))])
            }
        }
    }
}
