internal import CFCGI
import Glibc
import System

/// The listening socket that several processes share, and the signals that end the wait for it.
struct Listener: ~Copyable {
    enum Event: Equatable {
        /// The caller closes it.
        case connection(Int32)
        case stop
        case timedOut
        case failed(Int32)
    }

    private let socket: Int32
    private let signalDescriptor: Int32
    private let epoll: Int32
    private var acceptedInARow = 0

    /// Blocks TERM, INT and USR1 in this thread for good: they are looked at between requests and interrupt nothing.
    init(socket: Int32) throws(SystemError) {
        // Several processes may be woken for one connection; the late ones must not wait inside accept.
        try SharedListener.keepFromBlocking(socket)
        SignalSet.stop.block()
        var signals = SignalSet.stop.mask
        let signalDescriptor = shim_signal_descriptor(&signals)
        let epoll = signalDescriptor < 0 ? -1 : shim_epoll(socket, signalDescriptor)
        guard epoll >= 0 else { throw SystemError("wait on descriptor \(socket)") }
        self.socket = socket
        self.signalDescriptor = signalDescriptor
        self.epoll = epoll
    }

    deinit {
        close(epoll)
        close(signalDescriptor)
    }

    /// The next connection, or what happened instead of it.
    mutating func next(timeoutMilliseconds: Int) -> Event {
        var deadline: Deadline?
        while true {
            // Looking costs a system call: while connections keep coming, every eighth time is soon enough.
            if acceptedInARow % 8 == 0, SignalSet.stop.isPending { return .stop }
            let connection = shim_accept(socket)
            if connection >= 0 {
                acceptedInARow += 1
                return .connection(connection)
            }
            acceptedInARow = 0
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EAGAIN: break
            default: return .failed(errno)
            }
            // Woken for nothing, when a neighbour was quicker, it goes on waiting for the rest of the time.
            let until = deadline ?? Deadline(milliseconds: timeoutMilliseconds)
            deadline = until
            let status = shim_epoll_wait(epoll, until.remainingMilliseconds)
            if status == 0 { return .timedOut }
            if status < 0, errno != EINTR { return .failed(errno) }
        }
    }
}
