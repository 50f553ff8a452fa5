import Glibc

/// A listening socket that other processes hold, too.
public enum SharedListener {
    /// Makes `accept` return at once (`EAGAIN`) when nobody is there to be accepted, also when it was blocking a moment
    /// ago, and also when somebody else makes the socket blocking again.
    ///
    /// `O_NONBLOCK` sits on the file description, which all processes share that inherited the socket: systemd, for one,
    /// sets or clears it whenever it starts another instance. The time-out for receiving sits on the socket itself, and
    /// bounds an `accept` that was made to block by one tick of the kernel's clock. Unix sockets do not hand it on to
    /// the connections they accept; TCP's do, so those are read without blocking.
    ///
    /// - Throws: when the descriptor is no socket.
    public static func keepFromBlocking(_ descriptor: Int32) throws(SystemError) {
        var shortest = timeval(tv_sec: 0, tv_usec: 1)
        let size = socklen_t(MemoryLayout<timeval>.size)
        guard fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0,
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &shortest, size) == 0
        else { throw SystemError("use descriptor \(descriptor) as the listening socket") }
    }
}
