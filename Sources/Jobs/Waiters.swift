import System

/// Who waits for which job at a worker's doorbell. Clients are numbers that their server never uses again.
public struct Waiters {
    private struct Waiter {
        let client: Int
        let job: String
        let until: Int64
    }

    /// Nobody waits longer than this.
    private static let longestMilliseconds = 60_000
    private static let remembered = 256

    private var waiters: [Waiter] = []
    /// Jobs that ended lately: a ring may come after the thread that found the row by itself was already done.
    private var recent: [String] = []

    public init() {}

    public enum Task: Sendable, Equatable {
        case nothing
        /// A thread has to be woken.
        case ring
        /// Somebody wishes a job to stop.
        case followWishes
    }

    /// An answer that is due.
    public typealias Reply = (client: Int, answer: DoorbellAnswer)

    /// - Parameter standing: of the worker.
    /// - Returns: what to answer at once, nil when the client waits, and what is to be done about its question.
    public mutating func take(
        _ question: [UInt8], from client: Int, standing: WorkerStanding = .doesJobs
    ) -> (answer: DoorbellAnswer?, task: Task) {
        do throws(DoorbellQuestion.DoorbellError) {
            switch try DoorbellQuestion(question) {
            case .ping: return (.pong(standing), .nothing)
            case .job(let job, let wait, let places, let isCancelled):
                if recent.contains(job) { return (.job(job, isFinished: true), .nothing) }
                let task = isCancelled ? Task.followWishes : .ring
                guard wait > 0, waiters.count < places else { return (.job(job, isFinished: false), task) }
                let until =
                    SystemClock.monotonicNanoseconds() + Int64(min(wait, Self.longestMilliseconds)) * 1_000_000
                waiters.append(Waiter(client: client, job: job, until: until))
                return (nil, task)
            }
        } catch {
            return (.refused(error.reason), .nothing)
        }
    }

    /// Milliseconds until the first waiter must be answered, at most `limit`.
    public func patience(maximum limit: Int) -> Int {
        guard let first = waiters.lazy.map(\.until).min() else { return limit }
        let left = first - SystemClock.monotonicNanoseconds()
        return left <= 0 ? 0 : min(limit, Int(left / 1_000_000) + 1)
    }

    /// Answers those who waited for these jobs.
    public mutating func finish(_ jobs: [String]) -> [Reply] {
        guard !jobs.isEmpty else { return [] }
        recent = (recent + jobs).suffix(Self.remembered)
        return dismiss(isFinished: true) { jobs.contains($0.job) }
    }

    /// Answers those whose time is over.
    public mutating func dismissLate() -> [Reply] {
        let now = SystemClock.monotonicNanoseconds()
        return dismiss(isFinished: false) { $0.until <= now }
    }

    /// The client has gone.
    public mutating func forget(_ client: Int) { waiters.removeAll { $0.client == client } }

    private mutating func dismiss(isFinished: Bool, _ isDue: (Waiter) -> Bool) -> [Reply] {
        guard waiters.contains(where: isDue) else { return [] }
        let due = waiters.filter(isDue)
        waiters.removeAll(where: isDue)
        return due.map { ($0.client, .job($0.job, isFinished: isFinished)) }
    }
}
