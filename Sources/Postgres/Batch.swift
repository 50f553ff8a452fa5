internal import CPostgres
import System

/// One statement of a batch.
struct Statement: Sendable {
    let sql: String
    let parameters: [Parameter]

    var begins: Bool { sql.hasPrefix("BEGIN ") }

    init(_ sql: String, _ parameters: [Parameter] = []) {
        self.sql = sql
        self.parameters = parameters
    }
}

/// The answers to a batch, in the order of its statements. Owns those that nobody took.
struct Answers: ~Copyable {
    private var results: [OpaquePointer]  // PGresult *
    private var taken = 0

    fileprivate init(_ results: [OpaquePointer]) { self.results = results }

    deinit { for result in results[taken...] { PQclear(result) } }

    /// The answer to the next statement. To ask for more than there were statements is a programming error.
    mutating func next() -> Rows { Rows(owning: nextResult()) }

    /// The same, owned by the caller.
    mutating func nextResult() -> OpaquePointer {
        taken += 1
        return results[taken - 1]
    }
}

extension Connection {
    /// Runs several statements in one trip to the server and back, so that each costs neither a wait nor two switches
    /// between processes. None can use what an earlier one gave.
    ///
    /// Outside a transaction they are one: when any fails, none has happened. Inside one a failure is that of the
    /// transaction, as ever.
    mutating func batch(_ asked: [Statement]) throws(PostgresError) -> Answers {
        try checkUsable()
        try runLast()
        var batch = asked
        // Behind the BEGIN, which wants to be the first to say how much the transaction sees.
        let limits = settings.isPooled && !isInTransaction ? (asked.first?.begins == true ? 1 : 0) : nil
        if let limits { batch.insert(Statement(settings.ofTransaction), at: limits) }
        let encoded = try batch.map { statement throws(PostgresError) in try EncodedParameters(statement.parameters) }
        let wasInTransaction = isInTransaction
        do throws(PostgresError) {
            return try attempt(batch, encoded, without: limits)
        } catch {
            // A table changed under a prepared statement. Nothing has happened yet, so all may be done anew.
            guard error.isStalePlan, isUsable, !wasInTransaction, !isInTransaction else { throw error }
            return try attempt(batch, encoded, without: limits)
        }
    }

    /// - Parameter silent: the place of a statement whose answer nobody wants.
    private mutating func attempt(
        _ batch: [Statement], _ encoded: [EncodedParameters], without silent: Int?
    ) throws(PostgresError) -> Answers {
        try tidyStatements()
        guard PQenterPipelineMode(raw) == 1 else {
            throw PostgresError(.unexpectedResult, "a batch while another statement is under way")
        }
        // What is prepared on the way is remembered when the server has said that it is.
        var steps: [Step] = []
        let timing = beginRoundTrip()
        defer { endRoundTrip(timing) }
        let began = Deadline(milliseconds: clientTimeout)
        do throws(PostgresError) {
            for (statement, encoded) in zip(batch, encoded) { try send(statement.sql, encoded, &steps) }
            guard PQpipelineSync(raw) == 1 else { throw PostgresError(.connectionLost, Wire.message(of: raw)) }
            try Wire.flush(raw, began)
        } catch {
            markLost()
            throw error
        }
        return try collect(steps, without: silent)
    }

    private enum Step {
        case prepare(sql: String, name: String)
        case run(sql: String)
    }

    private mutating func send(
        _ sql: String, _ encoded: EncodedParameters, _ steps: inout [Step]
    ) throws(PostgresError) {
        var name = statements.name(of: sql)
        if name == nil, !settings.isPooled {
            for case .prepare(let other, let fresh) in steps where other == sql { name = fresh }
        }
        if name == nil, !settings.isPooled {
            let fresh = statements.freshName()
            guard PQsendPrepare(raw, fresh, sql, 0, nil) == 1 else {
                throw PostgresError(.connectionLost, Wire.message(of: raw))
            }
            steps.append(.prepare(sql: sql, name: fresh))
            name = fresh
        }
        guard Self.send(raw, sql, name, encoded) == 1 else {
            throw PostgresError(.connectionLost, Wire.message(of: raw))
        }
        steps.append(.run(sql: sql))
    }

    /// Takes the answer to each step, then the mark at the end of the batch.
    private mutating func collect(_ steps: [Step], without silent: Int?) throws(PostgresError) -> Answers {
        var results: [OpaquePointer] = []
        var refusal: PostgresError?
        do throws(PostgresError) {
            for step in steps {
                guard let result = try following() else { throw unexpectedEnd() }
                let status = PQresultStatus(result)
                switch (step, status) {
                case (.prepare(let sql, let name), PGRES_COMMAND_OK):
                    statements.insert(sql, name: name)
                    PQclear(result)
                case (.run, PGRES_TUPLES_OK), (.run, PGRES_COMMAND_OK): results.append(result)
                default:
                    // After the first failure the server skips the rest and says so for each.
                    if refusal == nil { refusal = refusalOf(result, step) }
                    PQclear(result)
                }
                if !isUsable { throw refusal ?? unexpectedEnd() }
                while let extra = try following() { PQclear(extra) }
            }
            guard let end = try following(), PQresultStatus(end) == PGRES_PIPELINE_SYNC else { throw unexpectedEnd() }
            PQclear(end)
            guard PQexitPipelineMode(raw) == 1 else { throw unexpectedEnd() }
        } catch {
            markLost()
            for result in results { PQclear(result) }
            throw error
        }
        if let refusal {
            for result in results { PQclear(result) }
            throw refusal
        }
        if let silent { PQclear(results.remove(at: silent)) }
        return Answers(results)
    }

    private mutating func refusalOf(_ result: OpaquePointer, _ step: Step) -> PostgresError {
        if case .run = step, isStale(result) {
            statements.retireAll()
            return failure(result, or: "the statement failed", isStalePlan: true)
        }
        return failure(result, or: "the statement failed")
    }

    private func unexpectedEnd() -> PostgresError { PostgresError(.connectionLost, Wire.message(of: raw)) }
}
