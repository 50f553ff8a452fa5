import Daemon
import Jobs
import System

/// How a responder tells the daemon on this host that a job waits or is to stop, and hears when it is done.
///
/// Waiting for a job inside its request never takes the whole pool: at most a quarter of the responders wait at once. The
/// daemon counts them.
public struct DaemonClient {
    /// How long a request to cancel waits for the end of the job: what is prompt takes less.
    private static let cancelMilliseconds = 250

    private let path: String
    private let waitMilliseconds: Int
    private let places: Int

    public init(_ configuration: Configuration) {
        path = configuration.backtestSocket
        waitMilliseconds = configuration.backtestInlineWaitMilliseconds
        places = max(1, configuration.responders / 4)
    }

    /// Rings for a job and waits for its end as long as a request may.
    ///
    /// - Parameter isCancelled: the job is to stop, and its row says so already.
    /// - Returns: whether the daemon said in time that the job has ended; false also when there is no daemon.
    @discardableResult
    func wait(forJob job: String, isCancelled: Bool = false) -> Bool {
        let milliseconds = isCancelled ? min(waitMilliseconds, Self.cancelMilliseconds) : waitMilliseconds
        let question = DoorbellQuestion.job(
            job, waitMilliseconds: milliseconds, places: places, isCancelled: isCancelled)
        guard milliseconds > 0 else {
            // Who does not wait does not listen either: a daemon that is busy must not keep a responder.
            if let socket = try? UnixSocket.connect(to: path, timeoutMilliseconds: 100) {
                try? Frame.write(question.bytes, to: socket.raw, by: Deadline(milliseconds: 0))
            }
            return false
        }
        // The daemon answers at its own bound; the margin lets that answer arrive.
        return ask(question, milliseconds: milliseconds + 250) == .job(job, isFinished: true)
    }

    /// What can be said of the daemon.
    enum State {
        case away, doesJobs
        /// It answers, and leaves all jobs to another one of its name.
        case waitsForItsName
    }

    var state: State {
        guard case .pong(let doesJobs) = ask(.ping, milliseconds: 500) else { return .away }
        return doesJobs ? .doesJobs : .waitsForItsName
    }

    private func ask(_ question: DoorbellQuestion, milliseconds: Int) -> DoorbellAnswer? {
        let deadline = Deadline(milliseconds: milliseconds)
        guard let socket = try? UnixSocket.connect(to: path, timeoutMilliseconds: min(milliseconds, 500)),
            (try? Frame.write(question.bytes, to: socket.raw, by: deadline)) != nil,
            let bytes = try? Frame.read(from: socket.raw, by: deadline)
        else { return nil }
        return DoorbellAnswer(bytes)
    }
}
