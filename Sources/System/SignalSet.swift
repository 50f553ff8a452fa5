import Glibc

/// Signals that are let wait until somebody looks, so that they interrupt nothing.
public struct SignalSet: Sendable {
    /// What asks a process of ours to stop, between two pieces of work.
    public static let stop = SignalSet([SIGTERM, SIGINT, SIGUSR1])

    public let signals: [Int32]
    /// As system calls take it.
    public let mask: sigset_t

    public init(_ signals: [Int32]) {
        var mask = sigset_t()
        sigemptyset(&mask)
        for signal in signals { sigaddset(&mask, signal) }
        self.signals = signals
        self.mask = mask
    }

    /// In this thread and in every thread it makes later.
    public func block() { change(SIG_BLOCK) }

    public func unblock() { change(SIG_UNBLOCK) }

    /// Whether one of them has arrived and waits.
    public var isPending: Bool {
        var pending = sigset_t()
        sigpending(&pending)
        return signals.contains { sigismember(&pending, $0) == 1 }
    }

    private func change(_ how: Int32) {
        var mask = mask
        pthread_sigmask(how, &mask, nil)
    }
}
