internal import CPostgres
import Glibc
import System

/// The waiting. A session is non-blocking, and all bytes to and from the server pass here, so nothing waits for ever:
/// not even for a server that was stopped in the middle of a word.
enum Wire {
    /// Opens a session, or says why there is none.
    ///
    /// - Parameter farewell: set to true when the server says that it ends the session; must outlive it.
    static func connect(
        _ conninfo: String, _ settings: SessionSettings, farewell: UnsafeMutablePointer<Bool>
    ) throws(PostgresError) -> OpaquePointer {
        let deadline = Deadline(milliseconds: settings.connectTimeoutSeconds * 1000)
        // The first dbname is expanded: a connection string, a URL, or a plain name. What follows it wins.
        // What stands before it gives way. Of several hosts one that says nothing must leave time for the next.
        let share = String(settings.connectTimeoutSeconds * 1000 / 3)
        var keywords = ["tcp_user_timeout", "dbname", "fallback_application_name", "client_encoding"]
        var values = [share, conninfo, settings.applicationName, "UTF8"]
        if let database = settings.database {
            keywords.append("dbname")
            values.append(database)
        }
        let started = withCStrings(keywords) { keywords in
            withCStrings(values) { values in PQconnectStartParams(keywords, values, 1) }
        }
        guard let raw = started else { throw PostgresError(.unreachable, "out of memory") }
        do {
            try finishConnecting(raw, deadline)
            if option("tcp_user_timeout", of: raw) == share {
                // Once there is a session, its time-outs say how long we wait.
                var asTheSystemSays: Int32 = 0
                setsockopt(PQsocket(raw), Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &asTheSystemSays, 4)
            }
            // The default receiver writes to our standard error.
            PQsetNoticeReceiver(
                raw,
                { farewell, notice in
                    guard let farewell, let notice else { return }
                    let severity = Rows.diagnostic(notice, .severity)
                    guard severity == "FATAL" || severity == "PANIC" else { return }
                    farewell.assumingMemoryBound(to: Bool.self).pointee = true
                }, farewell)
            try set(raw, settings, deadline)
        } catch {
            PQfinish(raw)  // a session that failed to open still owns memory
            throw PostgresError(.unreachable, error.message)
        }
        return raw
    }

    private static func finishConnecting(_ raw: OpaquePointer, _ deadline: Deadline) throws(PostgresError) {
        var wanted = PGRES_POLLING_WRITING
        while PQstatus(raw) != CONNECTION_BAD {
            switch wanted {
            case PGRES_POLLING_OK:
                guard PQsetnonblocking(raw, 1) == 0 else { throw PostgresError(.unreachable, message(of: raw)) }
                return
            case PGRES_POLLING_READING: try wait(raw, POLLIN, deadline, orFail: .unreachable)
            case PGRES_POLLING_WRITING: try wait(raw, POLLOUT, deadline, orFail: .unreachable)
            default: throw PostgresError(.unreachable, message(of: raw))
            }
            wanted = PQconnectPoll(raw)
        }
        throw PostgresError(.unreachable, message(of: raw))
    }

    private static func set(
        _ raw: OpaquePointer, _ settings: SessionSettings, _ deadline: Deadline
    ) throws(PostgresError) {
        // These two a pooler keeps for each of its clients.
        let ofClient = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'"
        let ofSession = """
            ; SET statement_timeout = \(settings.statementTimeoutMilliseconds);
            SET lock_timeout = \(settings.lockTimeoutMilliseconds)
            """
            + (settings.plansOnce
                ? "; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off" : "")
            + (settings.idleInTransactionMilliseconds == 0
                ? "" : "; SET idle_in_transaction_session_timeout = \(settings.idleInTransactionMilliseconds)")
        guard PQsendQuery(raw, settings.isPooled ? ofClient : ofClient + ofSession) == 1 else {
            throw PostgresError(.unreachable, message(of: raw))
        }
        try flush(raw, deadline)
        var refusal: PostgresError?
        while let result = try nextResult(raw, deadline, nil) {
            if PQresultStatus(result) != PGRES_COMMAND_OK {
                refusal = PostgresError(.unreachable, Rows.error(in: result, or: "SET failed").message)
            }
            PQclear(result)
        }
        if let refusal { throw refusal }
    }

    /// Sends all that is queued. The server may talk meanwhile; it is listened to, or both sides would wait.
    static func flush(_ raw: OpaquePointer, _ deadline: Deadline) throws(PostgresError) {
        while true {
            let left = PQflush(raw)
            if left == 0 { return }
            guard left == 1 else { throw PostgresError(.connectionLost, message(of: raw)) }
            let events = try wait(raw, POLLIN | POLLOUT, deadline, orFail: .connectionLost)
            if events & POLLIN != 0 { try consume(raw) }
        }
    }

    /// Queues bytes of a COPY and sends them.
    static func putCopyData(
        _ raw: OpaquePointer, _ bytes: [UInt8], _ deadline: Deadline
    ) throws(PostgresError) {
        let size = Int32(bytes.count)
        var status: Int32 = 0
        while true {
            status = bytes.withUnsafeBytes { PQputCopyData(raw, $0.bindMemory(to: CChar.self).baseAddress, size) }
            try flush(raw, deadline)
            if status != 0 { break }  // 0: the queue was full
        }
        guard status == 1 else { throw PostgresError(.connectionLost, message(of: raw)) }
    }

    /// Ends a COPY; with a refusal the server throws away what it got.
    static func endCopy(_ raw: OpaquePointer, refusal: String?, _ deadline: Deadline) throws(PostgresError) {
        var status: Int32 = 0
        while true {
            status = PQputCopyEnd(raw, refusal)
            try flush(raw, deadline)
            if status != 0 { break }
        }
        guard status == 1 else { throw PostgresError(.connectionLost, message(of: raw)) }
    }

    /// The next answer, owned by the caller, or nil when there is none left.
    static func nextResult(
        _ raw: OpaquePointer, _ deadline: Deadline, _ interrupt: Interrupt?
    ) throws(PostgresError) -> OpaquePointer? {
        while PQisBusy(raw) == 1 {
            if let interrupt, interrupt.isWaiting, !isReadable(raw, milliseconds: Interrupt.patience),
                deadline.remainingMilliseconds != 0
            {
                interrupt.tell(raw)
                continue
            }
            try wait(raw, POLLIN, deadline, orFail: .connectionLost)
            try consume(raw)
        }
        return PQgetResult(raw)
    }

    /// Takes in what has arrived without waiting. False when the server has hung up; what it said before that may have
    /// arrived without its end, so the caller also looks at the farewell.
    static func isAlive(_ raw: OpaquePointer) -> Bool {
        // One reading of the socket gives the last words, only the next one the end of the stream.
        while PQstatus(raw) == CONNECTION_OK {
            var descriptor = pollfd(fd: PQsocket(raw), events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, 0) > 0 else { return true }
            guard PQconsumeInput(raw) == 1 else { return false }
            _ = PQisBusy(raw)  // reads the messages: notices, and farewells
        }
        return false
    }

    static func message(of raw: OpaquePointer) -> String {
        let text = PQerrorMessage(raw).map { String(cString: $0) } ?? ""
        return trimmed(text.isEmpty ? "the server closed the session" : text)
    }

    /// libpq breaks its lines; what we say is one.
    static func trimmed(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { line in line.drop { $0.isWhitespace } }.joined(separator: " ")
    }

    private static func isReadable(_ raw: OpaquePointer, milliseconds: Int32) -> Bool {
        var descriptor = pollfd(fd: PQsocket(raw), events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, milliseconds) > 0
    }

    private static func consume(_ raw: OpaquePointer) throws(PostgresError) {
        guard PQconsumeInput(raw) == 1 else { throw PostgresError(.connectionLost, message(of: raw)) }
    }

    /// Waits for the socket until the deadline and gives the events that came.
    @discardableResult
    private static func wait(
        _ raw: OpaquePointer, _ events: Int32, _ deadline: Deadline, orFail code: PostgresError.Code
    ) throws(PostgresError) -> Int32 {
        let ready: Int32
        do { ready = try deadline.wait(for: PQsocket(raw), events) } catch {
            throw PostgresError(code, error.description)
        }
        guard ready != 0 else { throw PostgresError(code, "the database server did not answer in time") }
        return ready
    }

    private static func option(_ keyword: String, of raw: OpaquePointer) -> String? {
        guard let options = PQconninfo(raw) else { return nil }
        defer { PQconninfoFree(options) }
        var option = options
        while let name = option.pointee.keyword, strcmp(name, keyword) != 0 { option += 1 }
        return option.pointee.val.map { String(cString: $0) }
    }

    /// Null-terminated arrays of C strings, valid during the call.
    private static func withCStrings<R>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R
    ) -> R {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let pointers = copies.map { UnsafePointer($0) } + [nil]
        return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}
