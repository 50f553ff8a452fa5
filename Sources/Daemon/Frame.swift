import Glibc
public import System

/// One message on a stream socket: four bytes of length, big-endian, then that many bytes of JSON.
///
///     try Frame.write(Array("{}".utf8), to: here, by: Deadline(milliseconds: 1_000))
///     let message = try Frame.read(from: there, by: Deadline(milliseconds: 1_000))
public enum Frame {
    /// 1 MiB; a longer frame is refused before it costs memory.
    public static let maximumBytes = 1 << 20

    /// The next message; nil when the peer has left and nothing was begun.
    public static func read(from descriptor: Int32, by deadline: Deadline) throws(FrameError) -> [UInt8]? {
        guard let header = try receive(4, from: descriptor, by: deadline, atStart: true) else { return nil }
        let count = header.reduce(0) { $0 << 8 | Int($1) }
        guard count <= maximumBytes else { throw .tooLarge(count) }
        return try receive(count, from: descriptor, by: deadline, atStart: false)
    }

    /// Returns when the kernel has taken all of it. A peer that left is ``FrameError/closed``, never a signal.
    public static func write(_ message: [UInt8], to descriptor: Int32, by deadline: Deadline) throws(FrameError) {
        guard message.count <= maximumBytes else { throw .tooLarge(message.count) }
        let count = UInt32(message.count)
        let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + message
        var sent = 0
        while sent < bytes.count {
            let status = bytes.withUnsafeBytes { buffer in
                send(
                    descriptor, buffer.baseAddress! + sent, buffer.count - sent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if status >= 0 {
                sent += status
            } else if errno == EPIPE || errno == ECONNRESET {
                throw .closed
            } else {
                try wait(for: descriptor, POLLOUT, by: deadline, after: errno, "send")
            }
        }
    }

    private static func receive(
        _ count: Int, from descriptor: Int32, by deadline: Deadline, atStart: Bool
    ) throws(FrameError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            let status = bytes.withUnsafeMutableBytes { buffer in
                recv(descriptor, buffer.baseAddress! + received, count - received, Int32(MSG_DONTWAIT))
            }
            if status > 0 {
                received += status
            } else if status == 0 || errno == ECONNRESET {
                if atStart, received == 0 { return nil }
                throw .closed
            } else {
                try wait(for: descriptor, POLLIN, by: deadline, after: errno, "receive")
            }
        }
        return bytes
    }

    /// Waits when the call would have blocked; any other error is final.
    private static func wait(
        for descriptor: Int32, _ wanted: Int32, by deadline: Deadline, after error: Int32, _ operation: String
    ) throws(FrameError) {
        if error == EINTR { return }
        guard error == EAGAIN else { throw .failed(SystemError(operation, error)) }
        let events: Int32
        do { events = try deadline.wait(for: descriptor, wanted) } catch { throw .failed(error) }
        if events == 0 { throw .timedOut }
    }
}

/// Why a frame did not pass.
public enum FrameError: Error, Equatable, Sendable {
    case timedOut
    /// The peer left in the middle.
    case closed
    case tooLarge(Int)
    case failed(SystemError)
}
