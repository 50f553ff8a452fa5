internal import CPostgres
import Glibc
import System

/// One libpq session with exactly one owner; it ends when the owner does.
///
/// Not copyable, and every query is `mutating`: two overlapping uses of one session do not compile. It may move to
/// another thread with its owner, never to another process: in a child after `fork` it refuses, and its end leaves the
/// parent's session alone. No call waits longer than its time-out and a grace; a server that stays silent longer costs
/// the session (``PostgresError/Code/connectionLost``), not the process. Only a host name in the connection string may
/// wait longer, for the resolver.
public struct Connection: ~Copyable, @unchecked Sendable {
    let raw: OpaquePointer  // PGconn *
    /// Whether the server has said that it ends the session; libpq writes it while it reads.
    private let farewell: UnsafeMutablePointer<Bool>
    private let process = getpid()
    private(set) var settings: SessionSettings
    var statements: StatementCache
    private var isLost = false
    private var committed: [() -> Void] = []
    /// What goes with the commit.
    private var last: [Statement] = []
    /// Looked at while this session waits for an answer; nil: nobody interrupts.
    public var interrupt: Interrupt?

    /// Blocks until the server has accepted or refused the session, at most the connect time-out.
    ///
    /// - Parameter conninfo: a libpq connection string or URL. It may hold a password and is in no error message.
    public init(_ conninfo: String, _ settings: SessionSettings = .init()) throws(PostgresError) {
        let farewell = UnsafeMutablePointer<Bool>.allocate(capacity: 1)
        farewell.initialize(to: false)
        do throws(PostgresError) {
            self.raw = try Wire.connect(conninfo, settings, farewell: farewell)
        } catch {
            farewell.deallocate()
            throw error
        }
        self.farewell = farewell
        self.settings = settings
        self.statements = StatementCache(capacity: settings.statementCacheCapacity)
    }

    deinit {
        // PQfinish says goodbye on the socket: from a child that would end its parent's session.
        if process == getpid() { PQfinish(raw) }
        farewell.deallocate()
    }

    /// False after the session was lost: open another one.
    public var isUsable: Bool { !isLost && process == getpid() }

    /// For idle time, and before the first statement after it: notices, without asking it anything, a server that went
    /// away. Costs one system call.
    public mutating func checkAlive() -> Bool {
        if isUsable, !Wire.isAlive(raw) || farewell.pointee { isLost = true }
        return isUsable
    }

    /// For example 150012 for version 15.12.
    public var serverVersion: Int { Int(PQserverVersion(raw)) }

    /// Whether a pooler answers: what it calls the session's process is not the one that does the work.
    public mutating func meetsPooler() throws(PostgresError) -> Bool {
        try query("SELECT pg_backend_pid()").int(0, 0) != Int(PQbackendPID(raw))
    }

    /// True between BEGIN and COMMIT or ROLLBACK, also after a statement failed in between.
    public var isInTransaction: Bool {
        let status = PQtransactionStatus(raw)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// How many prepared statements this session keeps.
    public var preparedStatementCount: Int { statements.count }

    /// Changes the session's time-outs and with them how long we wait. 0: without end.
    public mutating func setTimeouts(statementMilliseconds: Int, lockMilliseconds: Int) throws(PostgresError) {
        var changed = settings
        changed.statementTimeoutMilliseconds = statementMilliseconds
        changed.lockTimeoutMilliseconds = lockMilliseconds
        if !settings.isPooled {
            try simple("SET statement_timeout = \(statementMilliseconds); SET lock_timeout = \(lockMilliseconds)")
        } else if isInTransaction {
            try simple(changed.ofTransaction)
        }
        settings = changed
    }

    /// Runs the body with other time-outs, nil being those in force; which are back afterwards, whatever happened.
    public mutating func withTimeouts<T: ~Copyable>(
        statementMilliseconds: Int? = nil, lockMilliseconds: Int? = nil, _ body: (inout Connection) throws -> T
    ) throws -> T {
        let before = timeouts
        let wanted = (
            statementMilliseconds ?? before.statementMilliseconds, lockMilliseconds ?? before.lockMilliseconds
        )
        guard wanted != before else { return try body(&self) }
        defer {
            try? setTimeouts(
                statementMilliseconds: before.statementMilliseconds, lockMilliseconds: before.lockMilliseconds)
        }
        try setTimeouts(statementMilliseconds: wanted.0, lockMilliseconds: wanted.1)
        return try body(&self)
    }

    /// The time-outs in force: of a statement, and of a lock.
    public var timeouts: (statementMilliseconds: Int, lockMilliseconds: Int) {
        (settings.statementTimeoutMilliseconds, settings.lockTimeoutMilliseconds)
    }

    /// Runs one statement, prepared once a session and remembered by its text, where there is no pooler. Parameters are
    /// `$1`, `$2`, ...
    public mutating func query(_ sql: String, _ parameters: [Parameter] = []) throws(PostgresError) -> Rows {
        Rows(owning: try run(sql, parameters))
    }

    /// Runs one statement and says how many rows it changed or gave.
    @discardableResult
    public mutating func execute(_ sql: String, _ parameters: [Parameter] = []) throws(PostgresError) -> Int {
        let result = try run(sql, parameters)
        defer { PQclear(result) }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    /// Runs several statements written by us, separated by semicolons, in one implicit transaction.
    public mutating func script(_ sql: String) throws(PostgresError) {
        try simple(settings.isPooled && !isInTransaction ? settings.ofTransaction + ";" + sql : sql)
    }

    /// Runs the body in a transaction: committed when it returns, rolled back when it throws. Not to be nested.
    @discardableResult
    public mutating func transaction<T: ~Copyable>(
        _ isolation: Isolation = .readCommitted, _ body: (inout Connection) throws -> T
    ) throws -> T {
        guard !isInTransaction else {
            throw PostgresError(.other(sqlState: "25001"), "a transaction is already under way")
        }
        try tidyStatements()
        try simple("BEGIN \(isolation.rawValue)" + (settings.isPooled ? ";" + settings.ofTransaction : ""))
        let value: T
        do {
            value = try body(&self)
        } catch {
            rollBack()
            throw error
        }
        try commit()
        return value
    }

    /// Runs a statement with the commit of the transaction under way, in one trip: what it and the transaction lock is held
    /// no longer than it must be. Several go in their order. Should another statement come after all, they are run before
    /// it.
    ///
    /// What they throw, the transaction will.
    public mutating func runWithCommit(_ query: Query<Int>) {
        precondition(isInTransaction, "there is no commit to wait for")
        last.append(query.statement)
    }

    /// Runs what was to go with the commit.
    mutating func runLast() throws(PostgresError) {
        guard !last.isEmpty else { return }
        let statements = last
        last = []
        _ = try batch(statements)
    }

    /// Does what cannot be rolled back, such as counting, once the transaction under way is committed, and never when it
    /// is not; outside of one at once.
    public mutating func afterCommit(_ action: @escaping () -> Void) {
        if isInTransaction { committed.append(action) } else { action() }
    }
}

// MARK: - The way of one statement

extension Connection {
    var clientTimeout: Int? {
        let limit = settings.statementTimeoutMilliseconds
        return limit == 0 ? nil : limit + settings.graceMilliseconds
    }

    func checkUsable() throws(PostgresError) {
        guard process == getpid() else {
            throw PostgresError(.connectionLost, "this session belongs to process \(process)")
        }
        guard !isLost else { throw PostgresError(.connectionLost, "this session was lost before") }
    }

    /// Prepares if need be, runs, and gives the result, owned by the caller.
    private mutating func run(_ sql: String, _ parameters: [Parameter]) throws(PostgresError) -> OpaquePointer {
        try checkUsable()
        try runLast()
        if settings.isPooled, !isInTransaction {
            var answers = try batch([Statement(sql, parameters)])
            return answers.nextResult()
        }
        let encoded = try EncodedParameters(parameters)
        let wasPrepared = statements.name(of: sql) != nil
        let first = try attempt(sql, encoded)
        guard wasPrepared, isStale(first) else { return try checked(first) }
        // The table changed under the prepared statement. It did nothing yet, so it can be prepared and run anew,
        // unless its failure has already ended a transaction.
        statements.retireAll()
        defer { PQclear(first) }
        guard !isInTransaction else { throw failure(first, or: "the statement failed", isStalePlan: true) }
        return try checked(try attempt(sql, encoded))
    }

    private mutating func attempt(
        _ sql: String, _ encoded: EncodedParameters
    ) throws(PostgresError) -> OpaquePointer {
        let name = try prepared(sql)
        let result = try begin { raw in Self.send(raw, sql, name, encoded) }
        do throws(PostgresError) {
            try drain()
        } catch {
            PQclear(result)
            throw error
        }
        return result
    }

    /// Sends what was prepared by a name, or the statement itself.
    static func send(_ raw: OpaquePointer, _ sql: String, _ name: String?, _ encoded: EncodedParameters) -> Int32 {
        encoded.withPointers { values, lengths, formats in
            if let name { return PQsendQueryPrepared(raw, name, encoded.count, values, lengths, formats, 1) }
            return PQsendQueryParams(raw, sql, encoded.count, nil, values, lengths, formats, 1)
        }
    }

    /// The name of the statement, which is prepared first if need be; none behind a pooler.
    mutating func prepared(_ sql: String) throws(PostgresError) -> String? {
        if settings.isPooled { return nil }
        try tidyStatements()
        if let name = statements.name(of: sql) { return name }
        let name = statements.freshName()
        let result = try begin { raw in PQsendPrepare(raw, name, sql, 0, nil) }
        defer { PQclear(result) }
        try drain()
        if PQresultStatus(result) != PGRES_COMMAND_OK { throw failure(result, or: "cannot prepare the statement") }
        statements.insert(sql, name: name)
        return name
    }

    /// Gives back the names that are no longer used, and plans that may have aged. Between transactions only: in one, a
    /// name that the server does not know any more would end it.
    mutating func tidyStatements() throws(PostgresError) {
        guard PQtransactionStatus(raw) == PQTRANS_IDLE else { return }
        if settings.plansOnce, statements.haveAged() { try simple("DISCARD PLANS") }
        guard !statements.retired.isEmpty else { return }
        if statements.count == 0 {
            _ = try? simple("DEALLOCATE ALL")
        } else {
            // Each on its own: one the server has forgotten must not keep the rest.
            for name in statements.retired { _ = try? simple("DEALLOCATE \(name)") }
        }
        try checkUsable()
        statements.clearRetired()
    }

    func isStale(_ result: OpaquePointer) -> Bool {
        guard PQresultStatus(result) == PGRES_FATAL_ERROR else { return false }
        switch Rows.diagnostic(result, .sqlState) {
        // "cached plan must not change result type"; the function's name does not depend on the language.
        case "0A000": return Rows.diagnostic(result, .sourceFunction) == "RevalidateCachedQuery"
        case "26000": return true  // the server has forgotten the statement
        default: return false
        }
    }

    /// The result itself when it is a success.
    private mutating func checked(_ result: OpaquePointer) throws(PostgresError) -> OpaquePointer {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK: return result
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            isLost = true  // there is no way back from a COPY that nobody feeds
            PQclear(result)
            throw PostgresError(.unexpectedResult, "COPY belongs into copyIn")
        default:
            defer { PQclear(result) }
            throw failure(result, or: "empty statement")
        }
    }

    /// Runs text without parameters and gives the last command's tag.
    @discardableResult
    private mutating func simple(_ sql: String) throws(PostgresError) -> String {
        try checkUsable()
        try runLast()
        guard !sql.utf8.contains(0) else { throw PostgresError(.invalidParameter, "the statement contains U+0000") }
        var next: OpaquePointer? = try begin { raw in PQsendQuery(raw, sql) }
        var tag = ""
        var refusal: PostgresError?
        while let result = next {
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: tag = String(cString: PQcmdStatus(result))
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                isLost = true
                refusal = PostgresError(.unexpectedResult, "COPY belongs into copyIn")
            default: refusal = refusal ?? failure(result, or: "the statement failed")
            }
            PQclear(result)
            if isLost { break }
            next = try following()
        }
        if let refusal { throw refusal }
        return tag
    }

    /// When a question to the server was begun; 0 where nobody wants to know.
    func beginRoundTrip() -> Int64 { settings.afterRoundTrip == nil ? 0 : SystemClock.monotonicNanoseconds() }

    func endRoundTrip(_ began: Int64) { settings.afterRoundTrip?(SystemClock.monotonicNanoseconds() - began) }

    /// Sends, and waits for the first result, owned by the caller.
    mutating func begin(_ send: (OpaquePointer) -> Int32) throws(PostgresError) -> OpaquePointer {
        let deadline = Deadline(milliseconds: clientTimeout)
        let timing = beginRoundTrip()
        defer { endRoundTrip(timing) }
        do throws(PostgresError) {
            guard send(raw) == 1 else { throw PostgresError(.connectionLost, Wire.message(of: raw)) }
            try Wire.flush(raw, deadline)
            if let result = try Wire.nextResult(raw, deadline, interrupt) { return result }
            throw PostgresError(.connectionLost, Wire.message(of: raw))
        } catch {
            isLost = true
            throw error
        }
    }

    /// The next result of the same request. Each has the whole time-out to itself, as it has on the server.
    mutating func following() throws(PostgresError) -> OpaquePointer? {
        do throws(PostgresError) {
            return try Wire.nextResult(raw, Deadline(milliseconds: clientTimeout), interrupt)
        } catch {
            isLost = true
            throw error
        }
    }

    mutating func drain() throws(PostgresError) {
        while let result = try following() {
            let status = PQresultStatus(result)
            PQclear(result)
            if status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH {
                isLost = true
                throw PostgresError(.unexpectedResult, "COPY belongs into copyIn")
            }
        }
    }

    mutating func failure(
        _ result: OpaquePointer, or fallback: String, isStalePlan: Bool = false
    ) -> PostgresError {
        var error = Rows.error(in: result, or: fallback)
        error.isStalePlan = isStalePlan
        let severity = Rows.diagnostic(result, .severity)
        let isFatal = severity == "FATAL" || severity == "PANIC"
        // A pooler keeps our session when its server comes back as somebody's replica: another session may have one that
        // takes what is written.
        let isDemoted = settings.isPooled && error.code == .other(sqlState: "25006")
        guard isFatal || isDemoted || error.code == .connectionLost || PQstatus(raw) == CONNECTION_BAD else {
            return error
        }
        isLost = true
        return PostgresError(.connectionLost, error.message)
    }

    mutating func markLost() { isLost = true }

    mutating func commit() throws(PostgresError) {
        do throws(PostgresError) {
            if !last.isEmpty {
                let statements = last
                last = []
                _ = try batch(statements + [Statement("COMMIT")])
            } else {
                // A transaction in which a statement failed answers COMMIT with ROLLBACK, and no error.
                guard try simple("COMMIT") == "COMMIT" else {
                    throw PostgresError(.other(sqlState: "25P02"), "a statement failed before the commit: rolled back")
                }
            }
        } catch {
            rollBack()
            throw error
        }
        let actions = committed
        committed = []
        for action in actions { action() }
    }

    mutating func rollBack() {
        committed = []
        last = []
        guard isUsable, isInTransaction else { return }
        do { try simple("ROLLBACK") } catch { isLost = true }
    }
}
