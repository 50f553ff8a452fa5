internal import CPostgres

/// One `COPY ... FROM STDIN (FORMAT binary)` and the rows for it.
public struct Copy {
    let sql: String
    let write: (inout CopyWriter) throws -> Void

    /// - Parameter write: called once, when the server takes rows.
    public init(_ sql: String, _ write: @escaping (inout CopyWriter) throws -> Void) {
        self.sql = sql
        self.write = write
    }
}

extension Connection {
    /// Streams rows into `COPY ... FROM STDIN (FORMAT binary)` and says how many arrived. When the body throws,
    /// nothing is stored.
    @discardableResult
    public mutating func copyIn(_ sql: String, _ body: (inout CopyWriter) throws -> Void) throws -> Int {
        try withoutActuallyEscaping(body) { body in try copyIn([Copy(sql, body)])[0] }
    }

    /// Several at a stretch, one after the other and each in one message less than on its own: all are stored, or none.
    ///
    /// - Parameter committing: ends the transaction that is under way together with the last of them.
    /// - Returns: how many rows each got.
    @discardableResult
    public mutating func copyIn(_ copies: [Copy], committing: Bool = false) throws -> [Int] {
        try checkUsable()
        precondition(!copies.isEmpty, "nothing to copy")
        precondition(!committing || isInTransaction, "no transaction to commit")
        let sql = (copies.map(\.sql) + (committing ? ["COMMIT"] : [])).joined(separator: "; ")
        var counts: [Int] = []
        var next: OpaquePointer? = try begin { raw in PQsendQuery(raw, sql) }
        for copy in copies {
            try feed(copy, began: next)
            guard let done = try following() else { throw lost() }
            defer { PQclear(done) }
            guard PQresultStatus(done) == PGRES_COMMAND_OK else { throw try refused(done, "COPY failed") }
            counts.append(Int(String(cString: PQcmdTuples(done))) ?? 0)
            next = try following()
        }
        guard committing else { return counts }
        guard let ended = next else { throw lost() }
        defer { PQclear(ended) }
        guard PQresultStatus(ended) == PGRES_COMMAND_OK else { throw try refused(ended, "COMMIT failed") }
        try drain()
        guard String(cString: PQcmdStatus(ended)) == "COMMIT" else {
            throw PostgresError(.other(sqlState: "25P02"), "a statement failed before the commit: rolled back")
        }
        return counts
    }

    /// - Parameter began: the server's word that it takes rows; owned by the callee.
    private mutating func feed(_ copy: Copy, began: OpaquePointer?) throws {
        guard let began else { throw lost() }
        defer { PQclear(began) }
        let status = PQresultStatus(began)
        guard status == PGRES_COPY_IN, PQbinaryTuples(began) == 1 else {
            let error = failure(began, or: "not a COPY ... FROM STDIN (FORMAT binary)")
            if status == PGRES_COPY_IN || status == PGRES_COPY_OUT { markLost() } else { try drain() }
            throw error
        }
        var writer = CopyWriter(raw, timeoutMilliseconds: clientTimeout)
        do {
            try copy.write(&writer)
            try writer.finish()
        } catch {
            if let error = error as? PostgresError, error.code == .connectionLost { markLost() }
            abandonCopy()
            throw error
        }
    }

    private mutating func refused(_ result: OpaquePointer, _ what: String) throws -> PostgresError {
        let error = failure(result, or: what)
        if isUsable { try drain() }
        return error
    }

    private mutating func lost() -> PostgresError {
        markLost()
        return PostgresError(.connectionLost, Wire.message(of: raw))
    }

    private mutating func abandonCopy() {
        guard isUsable else { return }
        do {
            try Wire.endCopy(raw, refusal: "the sender gave up", Deadline(milliseconds: clientTimeout))
            while let result = try following() {
                // What comes after the one that was given up is not begun.
                PQclear(result)
            }
            if PQstatus(raw) == CONNECTION_BAD { markLost() }
        } catch {
            markLost()
        }
    }
}
