internal import CPostgres

extension Connection {
    /// Runs one statement and hands its rows over one by one as they arrive: in the memory of one row, however many there
    /// are, because the server waits for who reads slowly. For a transaction that holds a snapshot.
    ///
    /// What `body` throws ends the statement, and with it the transaction; the session goes on.
    public mutating func each<Row>(_ query: Query<[Row]>, _ body: (Row) throws -> Void) throws {
        try eachPart(query) { rows in for row in rows { try body(row) } }
    }

    /// The same for an answer that is read whole elsewhere, such as a curve: in parts, each of one row.
    public mutating func eachPart<Part>(_ query: Query<Part>, _ body: (Part) throws -> Void) throws {
        try checkUsable()
        guard isInTransaction else {
            throw PostgresError(.other(sqlState: "25P01"), "rows come one by one in a transaction")
        }
        try runLast()
        let encoded = try EncodedParameters(query.statement.parameters)
        let name = try prepared(query.statement.sql)
        var next: OpaquePointer? = try begin { raw in
            Self.send(raw, query.statement.sql, name, encoded) == 1 ? PQsetSingleRowMode(raw) : 0
        }
        var refusal: PostgresError?
        while let result = next {
            switch PQresultStatus(result) {
            case PGRES_SINGLE_TUPLE:
                do { try body(query.decode(Rows(owning: result))) } catch {
                    abandon()
                    throw error
                }
            case PGRES_TUPLES_OK: PQclear(result)
            default:
                let isStale = isStale(result)
                if isStale { statements.retireAll() }
                refusal = refusal ?? failure(result, or: "the statement failed", isStalePlan: isStale)
                PQclear(result)
            }
            next = try following()
        }
        endSingleRows()
        if let refusal { throw refusal }
    }

    /// The first of several statements in one trip would still come row by row: libpq forgets the mode only when it is about
    /// to send a statement by itself. So it gets one that is none, of which nothing is sent.
    private func endSingleRows() { _ = PQsendQuery(raw, nil) }

    /// Ends the statement under way and takes in what is still coming.
    private mutating func abandon() {
        if let cancel = PQgetCancel(raw) {
            var reason = [CChar](repeating: 0, count: 256)
            PQcancel(cancel, &reason, Int32(reason.count))
            PQfreeCancel(cancel)
        }
        while let result = try? following() { PQclear(result) }
        endSingleRows()
    }
}
