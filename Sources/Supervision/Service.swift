import Glibc

/// A child that is kept alive.
public struct Service: Sendable {
    public let name: String
    public let command: Command
    /// What asks it to stop, in turn, and how long each is given; SIGKILL follows the last.
    public let stopSignals: [(signal: Int32, milliseconds: Int)]

    public init(_ name: String, _ command: Command, stopSignals: [(signal: Int32, milliseconds: Int)]) {
        self.name = name
        self.command = command
        self.stopSignals = stopSignals
    }
}

/// A service and where it stands.
public struct ServiceState: Sendable {
    public let service: Service
    /// Nil while it waits to be started again.
    public internal(set) var pid: Int32?
    public internal(set) var restarts = 0
    /// Monotonic milliseconds.
    var startedAt: Int64 = 0
    var dueAt: Int64 = 0
    var delay: Int64 = Self.firstDelay

    static let firstDelay: Int64 = 100
    static let longestDelay: Int64 = 5000
    /// A service that ran this long has recovered: its next death counts as its first.
    static let steady: Int64 = 10_000

    init(_ service: Service) { self.service = service }

    /// Records an end at `now` and returns how long to wait before the next start, in milliseconds.
    mutating func ended(at now: Int64) -> Int64 {
        if now - startedAt >= Self.steady { delay = Self.firstDelay }
        let wait = delay
        pid = nil
        restarts += 1
        dueAt = now + wait
        delay = min(delay * 2, Self.longestDelay)
        return wait
    }
}
