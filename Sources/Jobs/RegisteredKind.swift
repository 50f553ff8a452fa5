import JSON
import Postgres
import System

/// A kind with its payload's type forgotten, and how its jobs end.
struct RegisteredKind: Sendable {
    let wanted: Queue.Wanted
    let waitsForOthers: Bool
    let isUrgent: Bool
    private let waitsForDisk: Bool
    private let noun: String
    private let retry: Retry?
    private let timeoutCode: String
    let timeoutMilliseconds: Int
    private let run: @Sendable (Lease, inout RunningJob, inout Connection) throws -> JobResult
    private let ended: @Sendable (String, JobEnd, inout Connection) throws -> Void

    /// What a kind or the database does not take, and would not take the next time.
    private static let internalError = "INTERNAL_ERROR"

    init<Kind: JobKind>(_ kind: Kind) {
        precondition((1...Queue.maximumAttempts).contains(Kind.attempts), "attempts of \(Kind.name)")
        wanted = Queue.Wanted(Kind.name, attempts: Kind.attempts)
        (waitsForOthers, isUrgent, waitsForDisk) = (Kind.waitsForOthers, Kind.isUrgent, Kind.waitsForDisk)
        (noun, retry, timeoutCode) = (Kind.noun, Kind.retry, Kind.timeoutCode)
        timeoutMilliseconds = kind.timeoutMilliseconds
        run = { lease, job, db in
            guard let json = try? parse(Array(lease.payload.utf8)).objectValue,
                let payload = try? Kind.Payload(json: json)
            else {
                throw JobError(JobEnd(.failed, code: Self.internalError, "What the job was told cannot be read."))
            }
            return try kind.run(payload, &job, in: &db)
        }
        ended = { job, end, db in try kind.ended(job, end, in: &db) }
    }

    /// How long a job waits after the database had no room, memory or time for it: a full disk may last for hours.
    private static let postponement = Retry(firstSeconds: 1, maximumSeconds: 300)

    /// One attempt, from its lease to its end.
    ///
    /// - Returns: whether the job has ended; else it waits again, or is another worker's.
    /// - Throws: ``PostgresError`` when the session is lost; the job then stays leased and is taken up again later.
    func attempt(
        _ job: inout RunningJob, in db: inout Connection, report: (WorkerEvent) -> Void
    ) throws -> Bool {
        let start = SystemClock.monotonicNanoseconds()
        var result = AttemptOutcome.interrupted
        defer {
            report(
                .attempted(kind: wanted.name, result, nanoseconds: SystemClock.monotonicNanoseconds() - start))
        }
        do {
            // The wish may have come while nobody had the job.
            let error = job.lease.isStopWished ? try ended(.cancelled) : try outcome(&job, in: &db, report: report)
            result = try error.map { try end(job.lease, $0, in: &db, report: report) } ?? .completed
        } catch EarlyEndError.stopping {
            try Queue.giveBack(job.lease, in: &db)
            result = .givenBack
        } catch let error as PostgresError where error.mayPass && !error.isLostSession {
            let seconds = Self.postponement.seconds(after: job.lease.fence)
            report(.postponed(job: job.id, afterSeconds: seconds, detail: "\(error)"))
            try Queue.postpone(job.lease, afterSeconds: seconds, in: &db)
            result = .postponed
        } catch is LeaseLostError {
            report(.leaseLost(job: job.id))
            result = .leaseLost
        }
        return result.isEnd
    }

    /// Does the work and stores what came out.
    ///
    /// - Returns: why there is nothing to store; nil when all is done.
    private func outcome(
        _ job: inout RunningJob, in db: inout Connection, report: (WorkerEvent) -> Void
    ) throws -> JobError? {
        db.interrupt = job.interrupt
        defer { db.interrupt = nil }
        do {
            guard case .completed(let result) = try run(job.lease, &job, &db) else { return nil }
            // What is as good as stored is not thrown away for being late.
            db.interrupt = nil
            let text = result.map { String(decoding: $0, as: UTF8.self) }
            let finish = Queue.finishing(job.lease, result: text)
            if waitsForDisk { try db.run(finish) } else { _ = try db.run(.withoutWaitingForDisk, finish) }
            return nil
        } catch let error as JobError {
            return error
        } catch let error as EarlyEndError {
            return try ended(error)
        } catch let error as PostgresError where error.code == .queryCancelled {
            // By us, or by the server: at its own time limit, or because an administrator wished it.
            do { try job.check() } catch { return try ended(error) }
            report(.refused(job: job.id, detail: "\(error)"))
            return JobError(
                JobEnd(
                    .timedOut, code: timeoutCode,
                    "The database gave the \(noun) no more time for one of its statements."))
        } catch let error as PostgresError where error.mayPass {
            throw error
        } catch let error as LeaseLostError {
            throw error
        } catch {
            // The same would be refused again: the job ends here, and the log says why.
            report(.refused(job: job.id, detail: "\(error)"))
            return JobError(JobEnd(.failed, code: Self.internalError, "The \(noun) could not be completed."))
        }
    }

    private func ended(_ early: EarlyEndError) throws(EarlyEndError) -> JobError {
        switch early {
        case .cancelled: JobError(JobEnd(.cancelled, code: nil, Queue.cancelledOnRequest))
        case .late:
            JobError(
                JobEnd(.timedOut, code: timeoutCode, "The \(noun) took longer than \(timeoutMilliseconds) ms."))
        case .stopping: throw early
        }
    }

    private func end(
        _ lease: Lease, _ error: JobError, in db: inout Connection, report: (WorkerEvent) -> Void
    ) throws -> AttemptOutcome {
        if error.isNoAttempt {
            let seconds = max(1, error.notBeforeSeconds)
            try Queue.putOff(lease, afterSeconds: seconds, for: error.end, in: &db)
            report(.retrying(job: lease.id, afterSeconds: seconds, detail: error.end.message))
            return .postponed
        }
        if error.mayPass, let retry, lease.attempt < wanted.attempts {
            let seconds = max(retry.seconds(after: lease.attempt), error.notBeforeSeconds)
            try db.run(Queue.retrying(lease, afterSeconds: seconds, error.end))
            report(.retrying(job: lease.id, afterSeconds: seconds, detail: error.end.message))
            return .retried
        }
        try db.transaction(opening: Queue.failing(lease, error.end)) { (db: inout Connection, _) in
            try ended(lease.id, error.end, &db)
        }
        return AttemptOutcome(error.end)
    }

    /// Ends what was tried too often, together with what hangs on it.
    ///
    /// - Returns: the ids of those jobs.
    @discardableResult
    static func giveUp(_ kinds: [RegisteredKind], in db: inout Connection) throws -> [String] {
        try db.transaction(opening: Queue.givingUp(kinds.map(\.wanted))) { (db: inout Connection, jobs) in
            for job in jobs {
                try kinds.first { $0.wanted.name == job.kind }?.ended(job.id, job.end, &db)
            }
            return jobs.map(\.id)
        }
    }
}
