import Glibc
import System

/// Tells systemd how we are, by the protocol of `sd_notify(3)`. Without systemd it does nothing.
public struct Notify: Sendable {
    private let path: String?

    /// How often to call ``watchdog()``: a third of what systemd allows. Nil when nobody watches.
    public let watchdogIntervalMilliseconds: Int?

    public init() {
        self.init(
            socketPath: ProcessEnvironment.variable("NOTIFY_SOCKET"),
            watchdogMicroseconds: ProcessEnvironment.variable("WATCHDOG_USEC"),
            watchdogPID: ProcessEnvironment.variable("WATCHDOG_PID"))
    }

    init(socketPath: String?, watchdogMicroseconds: String? = nil, watchdogPID: String? = nil) {
        path = socketPath
        let isForUs = watchdogPID.map { Int32($0) == getpid() } ?? true
        let allowed = watchdogMicroseconds.flatMap { Int($0) } ?? 0
        watchdogIntervalMilliseconds = isForUs && allowed > 0 ? max(1, allowed / 3_000) : nil
    }

    /// Start-up is over; requests are answered from now on.
    public func ready() { send("READY=1") }

    /// Still alive and not stuck.
    public func watchdog() { send("WATCHDOG=1") }

    /// Stopping in order; nothing new is begun.
    public func stopping() { send("STOPPING=1") }

    /// Nobody listening is not our failure, so nothing is thrown.
    private func send(_ message: String) {
        guard let path, let address = UnixSocket.address(path) else { return }
        let raw = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { return }
        let descriptor = Descriptor(owning: raw)
        let bytes = Array(message.utf8)
        UnixSocket.withPointer(to: address) { pointer, size in
            _ = sendto(descriptor.raw, bytes, bytes.count, Int32(MSG_NOSIGNAL), pointer, size)
        }
    }
}
