/// Waiting for a job inside its request, without ever taking the whole pool: at most a quarter of the responders wait at
/// once. The daemon counts them.
enum InlineWaiting {
    /// How long a request to cancel waits for the end of the job: what is prompt takes less.
    static let cancelMilliseconds = 250

    /// - Parameter isCancelled: the job is to stop, and its row says so already.
    /// - Returns: whether the daemon said that the job has ended.
    @discardableResult
    static func wait(forJob job: String, isCancelled: Bool = false, _ configuration: Configuration) -> Bool {
        let bound = configuration.backtestInlineWaitMilliseconds
        return Doorbell.ring(
            configuration.backtestSocket, job: job,
            waitingMilliseconds: isCancelled ? min(bound, cancelMilliseconds) : bound,
            places: max(1, configuration.responders / 4), isCancelled: isCancelled)
    }
}
