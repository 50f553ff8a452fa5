internal import CProcess
import Glibc
import System

/// Signals as something to wait for. While it lives they are blocked, so none is lost between two waits and no
/// handler ever runs in the middle of something.
public struct SignalSource: ~Copyable {
    private let descriptor: Descriptor
    private let signals: [Int32]

    public init(_ signals: [Int32]) throws(SupervisionError) {
        let raw = process_signal_descriptor(signals, Int32(signals.count))
        guard raw >= 0 else { throw SupervisionError("cannot wait for signals", errno: errno) }
        descriptor = Descriptor(owning: raw)
        self.signals = signals
    }

    deinit {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        sigprocmask(SIG_UNBLOCK, &set, nil)
    }

    /// Waits until a signal arrives, the watched descriptor (-1: none) has ended, or the time is up.
    public func wait(milliseconds: Int, watching input: Int32 = -1) -> (signals: [Int32], inputEnded: Bool) {
        var polled = [
            pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0),
            pollfd(fd: input, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&polled, 2, Int32(clamping: milliseconds))
        var arrived: [Int32] = []
        while case let signal = process_next_signal(descriptor.raw), signal != 0 { arrived.append(signal) }
        guard input >= 0, polled[1].revents != 0 else { return (arrived, false) }
        var scratch: UInt8 = 0
        return (arrived, read(input, &scratch, 1) <= 0)
    }
}
