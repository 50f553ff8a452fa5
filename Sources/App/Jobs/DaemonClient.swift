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
    private let silence: DaemonSilence

    public init(_ configuration: Configuration) { self.init(configuration, .ofThisProcess) }

    init(_ configuration: Configuration, _ silence: DaemonSilence) {
        path = configuration.backtestSocket
        waitMilliseconds = configuration.backtestInlineWaitMilliseconds
        places = max(1, configuration.responders / 4)
        self.silence = silence
    }

    /// Rings for a job and waits for its end as long as a request may; not at all while the daemon is known to be silent.
    ///
    /// - Parameter isCancelled: the job is to stop, and its row says so already.
    /// - Returns: whether the daemon said in time that the job has ended; false also when there is no daemon.
    @discardableResult
    func wait(forJob job: String, isCancelled: Bool = false) -> Bool {
        let maximum = isCancelled ? min(waitMilliseconds, Self.cancelMilliseconds) : waitMilliseconds
        let milliseconds = maximum > 0 && isSilent ? 0 : maximum
        let question = DoorbellQuestion.job(
            job, waitMilliseconds: milliseconds, places: places, isCancelled: isCancelled)
        guard milliseconds > 0 else {
            // Who does not wait does not listen either: a daemon that is busy must not keep a responder.
            if let socket = try? UnixSocket.connect(to: path, timeoutMilliseconds: maximum > 0 ? 0 : 100) {
                try? Frame.write(question.bytes, to: socket.raw, by: Deadline(milliseconds: 0))
            }
            return false
        }
        // The daemon answers at its own bound; the margin lets that answer arrive.
        return ask(question, milliseconds: milliseconds + 250) == .job(job, isFinished: true)
    }

    /// What the daemon says of itself; nil when it is away.
    var standing: WorkerStanding? {
        guard !isSilent, case .pong(let standing) = ask(.ping, milliseconds: 500) else { return nil }
        return standing
    }

    private var isSilent: Bool {
        silence.isSilent(path) {
            if case .pong = ask(.ping, milliseconds: DaemonSilence.probeMilliseconds) { true } else { false }
        }
    }

    /// - Returns: nil without an answer. When the time passed without one, the daemon is silent from now on.
    private func ask(_ question: DoorbellQuestion, milliseconds: Int) -> DoorbellAnswer? {
        let deadline = Deadline(milliseconds: milliseconds)
        let connecting = Deadline(milliseconds: min(milliseconds, 500))
        guard let socket = try? UnixSocket.connect(to: path, timeoutMilliseconds: min(milliseconds, 500)) else {
            // Nobody listens, which is seen at once; or who listens takes nobody in.
            if connecting.remainingMilliseconds == 0 { silence.begin(path) }
            return nil
        }
        guard (try? Frame.write(question.bytes, to: socket.raw, by: deadline)) != nil,
            let bytes = try? Frame.read(from: socket.raw, by: deadline)
        else {
            if deadline.remainingMilliseconds == 0 { silence.begin(path) }
            return nil
        }
        return DoorbellAnswer(bytes)
    }
}
