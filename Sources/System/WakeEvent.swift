import Glibc

/// Wakes a thread that waits, from another thread: a pair of sockets, since Swift's Glibc has neither eventfd nor
/// pipe2.
public final class WakeEvent: Sendable {
    /// The end to wait at.
    public let descriptor: Int32
    private let input: Int32
    private let countsWakes: Bool

    /// - Parameter countsWakes: each wake ends one wait, so that n wakes set n waiting threads to work; otherwise one
    ///   wait takes all wakes so far together.
    public init(countsWakes: Bool = false) throws(SystemError) {
        var ends: [Int32] = [0, 0]
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        guard socketpair(AF_UNIX, Int32(type), 0, &ends) == 0 else { throw SystemError("socketpair") }
        (descriptor, input) = (ends[0], ends[1])
        self.countsWakes = countsWakes
    }

    deinit {
        close(descriptor)
        close(input)
    }

    public func wake() {
        // A full socket means wakes enough.
        var byte: UInt8 = 1
        while write(input, &byte, 1) < 0, errno == EINTR {}
    }

    /// Waits for a wake, at most `milliseconds`.
    ///
    /// - Returns: whether it was woken.
    @discardableResult
    public func wait(milliseconds: Int) -> Bool {
        let deadline = Deadline(milliseconds: milliseconds)
        while true {
            guard deadline.isReady(descriptor, POLLIN) else { return false }
            if take() { return true }
            // One wake stirs all who wait; whom another was faster than goes on waiting.
        }
    }

    /// Takes what is pending without waiting; another thread may have been faster.
    public func take() -> Bool {
        var bytes = [UInt8](repeating: 0, count: countsWakes ? 1 : 256)
        return read(descriptor, &bytes, bytes.count) > 0
    }
}
