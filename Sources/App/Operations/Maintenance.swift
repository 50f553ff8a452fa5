public import JSON
public import Jobs
import Market
public import Postgres

/// The daily round: what has expired is deleted, the audit trail pruned and a checkpoint of it said, as well as who has left,
/// and what older releases did not keep of results is computed.
public struct Maintenance: JobKind {
    public static let name = "maintenance"
    /// The code of a round that met a chain which does not hold.
    public static let auditFault = "AUDIT_FAULT"
    /// The code of a round that met a paper account which does not add up.
    public static let ledgerFault = "LEDGER_FAULT"
    /// There is one round at a time.
    public static let dedupeKey = "maintenance"

    /// Who has left is told in every round of so many days: of some of them there may be none.
    private static let farewellDays = 7

    private let key: AuditKey
    private let say: @Sendable (String) -> Void
    private let warn: @Sendable (String) -> Void

    /// - Parameters:
    ///   - say: takes the checkpoint, and who has left, to a place outside the database, by whoever made the round: what
    ///     comes back through the database could be an older one.
    ///   - warn: told in a sentence what the round had to leave.
    public init(
        _ key: AuditKey, say: @escaping @Sendable (String) -> Void, warn: @escaping @Sendable (String) -> Void
    ) { (self.key, self.say, self.warn) = (key, say, warn) }

    public let timeoutMilliseconds = 3_600_000

    /// What a round did.
    public struct Report: Sendable {
        /// What was deleted, and how many.
        public let deleted: [(what: String, count: Int)]
        /// Results that were given what is left after the market.
        public let completed: Int
        /// Results of which that could not be told.
        public let left: Int
        /// Paper accounts whose ledger was replayed, and holds.
        public let ledgers: Int
        /// The line that belongs outside the database.
        public let checkpoint: String

        fileprivate var json: [UInt8] {
            let counts = Object(deleted.map { ($0.what, .number(Number($0.count))) })
            return Value.object([
                "deleted": .object(counts), "completed_results": .number(Number(completed)),
                "left_results": .number(Number(left)), "ledgers": .number(Number(ledgers)),
                "checkpoint": .string(checkpoint),
            ]).bytes
        }

        /// Nil for the result of another kind of job.
        public init?(_ json: Object) {
            guard let deleted = json["deleted"]?.objectValue, let checkpoint = json["checkpoint"]?.stringValue else {
                return nil
            }
            self.deleted = deleted.members.map { ($0.name, $0.value.numberValue?.int ?? 0) }
            completed = json["completed_results"]?.numberValue?.int ?? 0
            left = json["left_results"]?.numberValue?.int ?? 0
            ledgers = json["ledgers"]?.numberValue?.int ?? 0
            self.checkpoint = checkpoint
        }

        fileprivate init(
            deleted: [(what: String, count: Int)], _ completion: StoredExcess.Completion, ledgers: Int,
            checkpoint: String
        ) {
            (self.deleted, self.ledgers, self.checkpoint) = (deleted, ledgers, checkpoint)
            (completed, left) = (completion.done, completion.left)
        }
    }

    public func run(_ payload: NoPayload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        var deleted = try Retention.apply(in: &db) { db in try job.check(0.5, in: &db) }
        // What does not hold is told at the end: nothing else hangs on it.
        var faults: [(code: String, sentence: String)] = []
        func note(_ fault: AuditError) {
            if faults.contains(where: { $0.sentence == fault.sentence }) { return }
            faults.append((Self.auditFault, fault.sentence))
        }
        var checkpoint = ""
        do {
            try AuditLog(key).eraseWhoHasLeft(in: &db) { db in try job.check(0.6, in: &db) }
        } catch let error as AuditError { note(error) }
        do {
            let trail = AuditTrail(key)
            let pruned = try trail.prune(olderThanDays: Retention.auditDays, in: &db) { db in
                try job.check(0.9, in: &db)
            }
            deleted.append(("audit events", pruned))
            checkpoint = try trail.checkpoint(in: &db).line
            say(checkpoint)
            Meters.current.checkpoints.add()
        } catch let error as AuditError { note(error) }
        // Where they were told first are all requests as well, and older lines go.
        for farewell in try db.run(Farewell.recent(days: Self.farewellDays)) { say(farewell.line(key)) }
        let completion = try StoredExcess.complete(in: &db, warn: warn) { db in try job.check(0.95, in: &db) }
        do {
            try SweepOrders.sweep(AuditLog(key), in: &db) { db in try job.check(0.96, in: &db) }
        } catch let error as AuditError { note(error) }
        try db.run(.sweepingRunners())
        try db.run(.notingDailyEquity())
        let ledgers = try LedgerVerification.verify(in: &db) { db in try job.check(0.98, in: &db) }
        if let fault = ledgers.faults.first {
            let count = ledgers.faults.count
            let accounts = "\(counted(count, "paper account")) \(count == 1 ? "does" : "do") not add up."
            faults.append((Self.ledgerFault, "\(accounts) \(fault)"))
        }
        do { try tell(ledgers, in: &db) } catch let error as AuditError { note(error) }
        guard let first = faults.first else {
            return .completed(
                Report(deleted: deleted, completion, ledgers: ledgers.accounts, checkpoint: checkpoint).json)
        }
        throw JobError(JobEnd(.failed, code: first.code, faults.map(\.sentence).joined(separator: " ")))
    }
}

extension Maintenance {
    /// Tells the audit trail what came of the ledgers.
    private func tell(_ report: LedgerVerification.Report, in db: inout Connection) throws {
        guard report.accounts > 0 else { return }
        try db.transaction { db in
            try AuditLog(key).append(
                [
                    AuditEvent(
                        "ledger.verified", userID: nil,
                        [
                            "accounts": .number(Number(report.accounts)),
                            "executions": .number(Number(report.executions)),
                            "faults": .array(report.faults.map { .string($0) }),
                        ])
                ], in: &db)
        }
    }

    /// Queues a round, or finds the one that is not over yet.
    ///
    /// - Returns: the job's id.
    public static func request(in db: inout Connection) throws -> String {
        try enqueueOnce(NoPayload(), dedupeKey: dedupeKey, in: &db).id
    }

    /// How a round ended.
    public enum Round: Sendable {
        case done(Report)
        case ended(code: String?, message: String)
    }

    /// Nil while the round of a job is not over.
    public static func round(_ job: String, in db: inout Connection) throws -> Round? {
        try db.run(
            .one(
                "SELECT status, result_json, error_code, error_message FROM jobs WHERE id = $1::uuid", job
            ) { row -> Round? in
                let status: JobStatus = try row.next(), result: Value? = try row.next()
                let code: String? = try row.next(), message: String? = try row.next()
                guard status.isFinal else { return nil }
                if let report = result?.objectValue.flatMap(Report.init) { return .done(report) }
                return .ended(code: code, message: message ?? "The round ended without a result.")
            })
    }
}
