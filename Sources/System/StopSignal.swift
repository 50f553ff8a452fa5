import Glibc
import Synchronization

/// What the signal handler touches; both are lock-free, so it may. Sticky: a process stops once.
private let wasRequested = Atomic<Bool>(false)
private let wakeUpDescriptor = Atomic<Int32>(-1)

/// TERM, INT and USR1 ask this process to stop, between two pieces of work and never inside one.
///
/// They are blocked from here on, in this thread and in every thread made later, except inside ``wait``: no system call
/// of the work in progress is interrupted. One per process.
public struct StopSignal: ~Copyable {
    public enum Event: Equatable, Sendable {
        case stop
        /// These descriptors can be read, or have ended.
        case readable([Int32])
        case timedOut
    }

    /// The handler writes into this pipe, so a signal just before the wait ends the wait.
    private let wakeUp: Descriptor
    private let wakeUpWriter: Descriptor

    /// Call it first, before any other thread exists.
    public init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("pipe") }
        wakeUp = Descriptor(owning: ends[0])
        wakeUpWriter = Descriptor(owning: ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        wakeUpDescriptor.store(ends[1], ordering: .releasing)
        _ = wasRequested.load(ordering: .relaxed)  // made here, not inside the handler
        SignalSet.stop.block()
        for signal in SignalSet.stop.signals {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in
                wasRequested.store(true, ordering: .relaxed)
                var byte: UInt8 = 0
                let saved = errno
                _ = write(wakeUpDescriptor.load(ordering: .acquiring), &byte, 1)
                errno = saved
            }
            sigaction(signal, &action, nil)
        }
        // A peer that vanished is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
    }

    /// A later signal finds no handler of ours that writes into a closed pipe.
    deinit { wakeUpDescriptor.store(-1, ordering: .releasing) }

    /// For tests, which outlive the stop they asked for: as if nobody had.
    static func forget() { wasRequested.store(false, ordering: .relaxed) }

    /// Whether a stop was asked for, also while the signals are blocked.
    public var isRequested: Bool { wasRequested.load(ordering: .relaxed) || SignalSet.stop.isPending }

    /// Waits until one of the descriptors can be read, the time is over, or a stop is asked for.
    ///
    /// - Parameter timeoutMilliseconds: nil waits as long as it takes.
    public func wait(for descriptors: [Int32], timeoutMilliseconds: Int?) throws(SystemError) -> Event {
        let deadline = Deadline(milliseconds: timeoutMilliseconds)
        var entries = (descriptors + [wakeUp.raw]).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while true {
            SignalSet.stop.unblock()
            let status = poll(&entries, nfds_t(entries.count), deadline.remainingMilliseconds)
            let error = errno
            SignalSet.stop.block()
            // EINTR also comes from SIGCONT or a debugger, so only the flag decides.
            if isRequested { return .stop }
            if status > 0 { return .readable(entries.filter { $0.revents != 0 }.map(\.fd)) }
            if status == 0 { return .timedOut }
            guard error == EINTR else { throw SystemError("poll", error) }
        }
    }
}
