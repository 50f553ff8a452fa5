import Daemon
import Glibc
import HTTP
import JSON
import Postgres
import System

/// The process's one session with Postgres, opened when first needed and again after it was lost.
///
/// A session that died while nobody used it is noticed before a request's first statement and opened again, so a request
/// is answered 503 only while the server is away. A server that says no at once is asked again by every request, after
/// ``breath`` at the earliest; one that says nothing costs a request one attempt, further ones wait for a growing
/// back-off, and what arrives in between is answered 503 at once (architecture.md, "Responder").
struct Database: ~Copyable {
    private let conninfo: String
    private let settings: SessionSettings
    private let log: Log
    private var connection: Connection?
    private var failures = 0
    private var nextAttempt: Int64 = 0
    /// Between two attempts, nanoseconds: a server that is starting is not helped by a storm of questions.
    private static let breath: Int64 = 25_000_000
    /// An attempt that took longer than this, in nanoseconds, would hold up requests if each made one.
    private static let longAttempt: Int64 = 1_000_000_000

    init(_ configuration: Configuration, applicationName: String, log: Log) {
        self.init(
            configuration.databaseURL,
            SessionSettings(
                applicationName: applicationName, connectTimeoutSeconds: 3,
                statementTimeoutMilliseconds: configuration.databaseStatementTimeoutMilliseconds, plansOnce: true),
            log: log)
    }

    init(_ conninfo: String, _ settings: SessionSettings, log: Log) {
        self.log = log
        self.conninfo = conninfo
        self.settings = settings
    }

    /// Whether there is a session and its server has not closed it.
    mutating func isAlive() -> Bool {
        if connection != nil { dropIfDead() }
        return connection != nil
    }

    /// Lends the session to `body`.
    ///
    /// - Parameter isRepeatable: the work may safely be done twice (it only reads): when the session turns out to be
    ///   lost, it is opened again and the work repeated once.
    /// - Throws: ``Problem`` 503 when there is no session; whatever `body` throws.
    mutating func use<T>(repeatable isRepeatable: Bool = false, _ body: (inout Connection) throws -> T) throws -> T {
        try connect()
        do { return try lend(body) } catch let error as PostgresError where error.isLostSession {
            log.warning("database session lost", ["detail": .string(error.message)])
            connection = nil
            guard isRepeatable else { throw Self.unavailable(after: 1) }
        }
        try connect()
        do { return try lend(body) } catch let error as PostgresError where error.isLostSession {
            connection = nil
            throw Self.unavailable(after: 1)
        }
    }

    /// For idle time: notices a server that went away, and opens the session again when it may be tried.
    mutating func idle() {
        if connection != nil { dropIfDead() }
        try? connect()
    }

    private mutating func lend<T>(_ body: (inout Connection) throws -> T) throws -> T {
        try body(&connection!)
    }

    private mutating func dropIfDead() {
        if !connection!.checkAlive() {
            log.warning("database session lost", ["detail": "the server closed it"])
            connection = nil
        }
    }

    private mutating func connect() throws {
        if connection != nil { dropIfDead() }
        if connection != nil { return }
        let start = SystemClock.monotonicNanoseconds()
        let wait = nextAttempt - start
        guard wait <= Self.breath else { throw Self.unavailable(after: Int(wait / 1_000_000_000) + 1) }
        if wait > 0 { usleep(UInt32(wait / 1_000)) }
        do {
            connection = try Connection(conninfo, settings)
            if failures > 0 { log.info("database session restored", ["attempts": .number(Number(failures + 1))]) }
            failures = 0
        } catch {
            failures += 1
            let now = SystemClock.monotonicNanoseconds()
            // 100 ms, 200 ms, ... 3.2 s: soon after a server that hangs is well again.
            let backOff = Int64(100_000_000) << Int64(min(failures - 1, 5))
            nextAttempt = now + (now - max(start, nextAttempt) < Self.longAttempt ? Self.breath : backOff)
            log.error("database unreachable", ["detail": .string(error.message), "attempt": .number(Number(failures))])
            throw Self.unavailable(after: 1)
        }
    }

    static func unavailable(after seconds: Int) -> Problem {
        Problem(
            .serviceUnavailable, "The database is not reachable at the moment. Try again shortly.",
            fields: ["Retry-After": String(seconds)])
    }
}
