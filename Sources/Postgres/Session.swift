import Glibc
import System

/// A session with Postgres, opened when first needed and again after it was lost.
///
/// A session that died while nobody used it is noticed before the next statement and opened again, so work is refused
/// only while the server is away. A server that says no at once is asked again by everybody who comes, after ``breath``
/// at the earliest; one that says nothing costs one attempt, further ones wait for a growing back-off, and what arrives
/// in between is refused at once.
public struct Session: ~Copyable {
    public enum Event: Sendable {
        case lost(String)
        case unreachable(String, attempt: Int)
        case restored(attempts: Int)
    }

    /// There is no session at the moment.
    public struct UnavailableError: Error, Sendable, CustomStringConvertible {
        /// When it is worth trying again.
        public let retryAfterSeconds: Int
        public var description: String { "the database is not reachable" }
    }

    private let conninfo: String
    private let settings: SessionSettings
    private let report: @Sendable (Event) -> Void
    private var connection: Connection?
    private var failures = 0
    private var nextAttempt: Int64 = 0
    /// Between two attempts, nanoseconds: a server that is starting is not helped by a storm of questions.
    private static let breath: Int64 = 25_000_000
    /// An attempt that took longer than this, in nanoseconds, would hold up others if each made one.
    private static let longAttempt: Int64 = 1_000_000_000

    /// - Parameter report: told what becomes of the session, on the caller's thread.
    public init(
        _ conninfo: String, _ settings: SessionSettings, report: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.conninfo = conninfo
        self.settings = settings
        self.report = report
    }

    /// Whether there is a session and its server has not closed it.
    public mutating func isAlive() -> Bool {
        if connection != nil { dropIfDead() }
        return connection != nil
    }

    /// As ``Connection/takeNotifications()``; nothing where there is no session.
    public mutating func takeNotifications() -> [String] { connection?.takeNotifications() ?? [] }

    /// As ``Connection/socket``; nil where there is no session.
    public var socket: Int32? {
        switch connection {
        case .some(let connection): connection.socket
        case nil: nil
        }
    }

    /// Lends the session to `body`.
    ///
    /// - Parameter isRepeatable: the work may safely be done twice (it only reads): when the session turns out to be
    ///   lost, it is opened again and the work repeated once.
    /// - Throws: ``UnavailableError`` when there is no session; whatever `body` throws.
    public mutating func use<T>(
        repeatable isRepeatable: Bool = false, _ body: (inout Connection) throws -> T
    ) throws -> T {
        try connect()
        do { return try body(&connection!) } catch let error as PostgresError where error.isLostSession {
            report(.lost(error.message))
            connection = nil
            guard isRepeatable else { throw UnavailableError(retryAfterSeconds: 1) }
        }
        try connect()
        do { return try body(&connection!) } catch let error as PostgresError where error.isLostSession {
            connection = nil
            throw UnavailableError(retryAfterSeconds: 1)
        }
    }

    /// For idle time: notices a server that went away, and opens the session again when it may be tried.
    public mutating func idle() { try? connect() }

    private mutating func dropIfDead() {
        if !connection!.checkAlive() {
            report(.lost("the server closed it"))
            connection = nil
        }
    }

    private mutating func connect() throws(UnavailableError) {
        if isAlive() { return }
        let start = SystemClock.monotonicNanoseconds()
        let wait = nextAttempt - start
        guard wait <= Self.breath else { throw UnavailableError(retryAfterSeconds: Int(wait / 1_000_000_000) + 1) }
        if wait > 0 { usleep(UInt32(wait / 1_000)) }
        do throws(PostgresError) {
            connection = try Connection(conninfo, settings)
            if failures > 0 { report(.restored(attempts: failures + 1)) }
            failures = 0
        } catch {
            failures += 1
            let now = SystemClock.monotonicNanoseconds()
            // 100 ms, 200 ms, ... 3.2 s: soon after a server that hangs is well again.
            let backOff = Int64(100_000_000) << Int64(min(failures - 1, 5))
            nextAttempt = now + (now - max(start, nextAttempt) < Self.longAttempt ? Self.breath : backOff)
            report(.unreachable(error.message, attempt: failures))
            throw UnavailableError(retryAfterSeconds: 1)
        }
    }
}
