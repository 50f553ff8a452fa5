internal import CPostgres
import System

extension Connection {
    /// Streams rows into `COPY ... FROM STDIN (FORMAT binary)` and says how many arrived. When the body throws,
    /// nothing is stored.
    @discardableResult
    public mutating func copyIn(_ sql: String, _ body: (inout CopyWriter) throws -> Void) throws -> Int {
        try checkUsable()
        let began = try begin { raw in PQsendQuery(raw, sql) }
        let status = PQresultStatus(began)
        guard status == PGRES_COPY_IN, PQbinaryTuples(began) == 1 else {
            let error = failure(began, or: "not a COPY ... FROM STDIN (FORMAT binary)")
            PQclear(began)
            if status == PGRES_COPY_IN || status == PGRES_COPY_OUT { markLost() } else { try drain() }
            throw error
        }
        PQclear(began)
        var writer = CopyWriter(raw, timeoutMilliseconds: clientTimeout)
        do {
            try body(&writer)
            try writer.finish()
        } catch {
            if let error = error as? PostgresError, error.code == .connectionLost { markLost() }
            abandonCopy()
            throw error
        }
        return try copied()
    }

    private mutating func copied() throws(PostgresError) -> Int {
        guard let result = try following() else {
            markLost()
            throw PostgresError(.connectionLost, Wire.message(of: raw))
        }
        defer { PQclear(result) }
        let refusal = PQresultStatus(result) == PGRES_COMMAND_OK ? nil : failure(result, or: "COPY failed")
        if isUsable { try drain() }
        if let refusal { throw refusal }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    private mutating func abandonCopy() {
        guard isUsable else { return }
        do {
            try Wire.endCopy(raw, refusal: "the sender gave up", Deadline(milliseconds: clientTimeout))
            while let result = try following() { PQclear(result) }
            if PQstatus(raw) == CONNECTION_BAD { markLost() }
        } catch {
            markLost()
        }
    }
}
