import Daemon
import JSON
import System

/// How a responder tells the daemon on this host that a job waits, and hears when it is done.
///
/// Frames are JSON objects behind a 4-byte big-endian length (`Daemon.Frame`):
/// `{"job": id, "wait_ms": n, "places": m}` is answered `{"job": id, "finished": true}` when the job has ended, or
/// `{"job": id, "finished": false}` when the time is over, and at once when m others wait already; with `"cancel": true`
/// it is the news that the row says to stop the job; `{"ping": true}` is answered `{"pong": true}`.
/// The row in `jobs` is the truth, the message only the doorbell: whatever fails here, the job stays queued.
enum Doorbell {
    /// Rings for a job and waits at most `milliseconds` for its end.
    ///
    /// - Parameters:
    ///   - milliseconds: 0 rings and goes away.
    ///   - places: how many may wait at once. The daemon counts, so nobody needs the database for it, and a responder
    ///     that dies gives its place back with its connection.
    ///   - isCancelled: the job is to stop, and its row says so already.
    /// - Returns: whether the daemon said in time that the job has ended; false also when there is no daemon.
    static func ring(
        _ path: String, job: String, waitingMilliseconds milliseconds: Int, places: Int, isCancelled: Bool = false
    ) -> Bool {
        var message = Writer()
        message.beginObject()
        message.member("job", job)
        message.member("wait_ms", milliseconds)
        message.member("places", places)
        if isCancelled { message.member("cancel", true) }
        message.endObject()
        guard milliseconds > 0 else {
            // Who does not wait does not listen either: a daemon that is busy must not keep a responder.
            if let socket = try? UnixSocket.connect(to: path, timeoutMilliseconds: 100) {
                try? Frame.write(message.bytes, to: socket.raw, by: Deadline(milliseconds: 0))
            }
            return false
        }
        // The daemon answers at its own bound; the margin lets that answer arrive.
        guard let answer = exchange(path, message.bytes, milliseconds: milliseconds + 250) else { return false }
        return answer["finished"] == .bool(true)
    }

    /// Whether a daemon listens and answers.
    static func ping(_ path: String) -> Bool {
        var message = Writer()
        message.beginObject()
        message.member("ping", true)
        message.endObject()
        return exchange(path, message.bytes, milliseconds: 500)?["pong"] == .bool(true)
    }

    private static func exchange(_ path: String, _ message: [UInt8], milliseconds: Int) -> Object? {
        let deadline = Deadline(milliseconds: milliseconds)
        guard let socket = try? UnixSocket.connect(to: path, timeoutMilliseconds: min(milliseconds, 500)),
            (try? Frame.write(message, to: socket.raw, by: deadline)) != nil,
            let bytes = try? Frame.read(from: socket.raw, by: deadline)
        else { return nil }
        return (try? parse(bytes))?.objectValue
    }
}
