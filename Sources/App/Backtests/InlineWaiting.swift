import Postgres

/// Waiting for a run inside its request, without ever taking the whole pool: at most a quarter of the responders on
/// this database wait at once. Each waiter holds one of N/4 advisory locks, which Postgres lets go of with the session.
enum InlineWaiting {
    /// The first half of the lock's key: "wait" in ASCII.
    private static let lockSpace: Int64 = 0x7761_6974

    /// How long a request to cancel waits for the end of the job: what is prompt takes less.
    static let cancelMilliseconds = 250

    /// - Parameter isCancelled: the job is to stop, and its row says so already.
    /// - Returns: whether the daemon said that the job has ended.
    static func wait(
        forJob job: String, isCancelled: Bool = false, _ configuration: Configuration, in db: inout Connection
    ) throws -> Bool {
        let bound = configuration.backtestInlineWaitMilliseconds
        let milliseconds = isCancelled ? min(bound, cancelMilliseconds) : bound
        let places = max(1, configuration.responders / 4)
        guard let place = try takePlace(among: places, in: &db) else {
            return Doorbell.ring(
                configuration.backtestSocket, job: job, waitingMilliseconds: 0, isCancelled: isCancelled)
        }
        let isDone = Doorbell.ring(
            configuration.backtestSocket, job: job, waitingMilliseconds: milliseconds, isCancelled: isCancelled)
        try db.execute("SELECT pg_advisory_unlock($1::int, $2::int)", [.int(lockSpace), .int(Int64(place))])
        return isDone
    }

    private static func takePlace(among places: Int, in db: inout Connection) throws -> Int? {
        for place in 0..<places {
            let isOurs = try db.query(
                "SELECT pg_try_advisory_lock($1::int, $2::int)", [.int(lockSpace), .int(Int64(place))]
            ).bool(0, 0)
            if isOurs { return place }
        }
        return nil
    }
}
