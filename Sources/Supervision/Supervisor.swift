internal import CProcess
import Glibc
import System

/// Keeps a few services alive from one thread, and ends them all before it ends itself.
///
/// A service that dies is started again after 100 ms, then 200 ms, and so on up to 5 s. What a dead service leaves
/// behind (nginx's workers, a Postgres session at work) would hold its sockets and its shared memory: orphans become
/// this process's children and are killed before the service starts again. When this process itself is killed, the
/// kernel sends each service its `deathSignal`.
///
/// ```swift
/// var supervisor = try Supervisor { line in print(line) }
/// try supervisor.start(Service("nginx", Command("/usr/sbin/nginx"), stopSignals: [(SIGQUIT, 5_000)]))
/// while !supervisor.step(milliseconds: 1_000) {}
/// supervisor.stop()
/// ```
public struct Supervisor: ~Copyable {
    public private(set) var services: [ServiceState] = []
    private let signals: SignalSource
    /// When this descriptor ends, everything is to stop; -1: none.
    private let lifeline: Int32
    private let log: (String) -> Void
    private var oneShots: [Int32: Int32?] = [:]

    public init(lifeline: Int32 = -1, log: @escaping (String) -> Void) throws(SupervisionError) {
        guard process_become_subreaper() == 0 else { throw SupervisionError("cannot adopt orphans", errno: errno) }
        signals = try SignalSource([SIGCHLD, SIGTERM, SIGINT, SIGHUP])
        self.lifeline = lifeline
        self.log = log
    }

    /// Starts a service and keeps it alive from now on.
    public mutating func start(_ service: Service) throws(SupervisionError) {
        var state = ServiceState(service)
        state.pid = try service.command.spawn()
        state.startedAt = Self.now()
        services.append(state)
    }

    /// Looks after the services for at most this long, or until something happened to one. True: told to stop.
    public mutating func step(milliseconds: Int) -> Bool {
        let soonest = services.filter { $0.pid == nil }.map { $0.dueAt - Self.now() }.min()
        let patience = min(Int64(milliseconds), max(0, soonest ?? .max))
        let (arrived, inputEnded) = signals.wait(milliseconds: Int(patience), watching: lifeline)
        reap(restarting: true)
        startWhatIsDue()
        return inputEnded || arrived.contains { $0 != SIGCHLD }
    }

    /// Runs a program to its end and returns its exit status (128 + signal when one ended it); nil when it was told to
    /// stop or the time was up, and then the program is gone too.
    public mutating func run(_ command: Command, timeoutMilliseconds: Int) throws(SupervisionError) -> Int32? {
        let pid = try command.spawn()
        oneShots[pid] = .some(nil)
        defer { oneShots[pid] = nil }
        let end = Self.now() + Int64(timeoutMilliseconds)
        var stopped = false
        while !stopped, Self.now() < end {
            if let status = oneShots[pid] ?? nil { return status }
            stopped = step(milliseconds: Int(end - Self.now()))
        }
        if let status = oneShots[pid] ?? nil { return status }
        Glibc.kill(-pid, SIGKILL)
        while (oneShots[pid] ?? 0) == nil { _ = step(milliseconds: 50) }
        return nil
    }

    /// Stops the services, the last started first, each with its own signals and patience.
    public mutating func stop() {
        while let state = services.last {
            end(state)
            services.removeLast()
        }
        killStrays()
    }

    /// Stops one service for good. The rest lives on.
    private mutating func end(_ state: ServiceState) {
        guard state.pid != nil else { return }
        for (signal, patience) in state.service.stopSignals + [(SIGKILL, 10_000)] {
            guard let pid = services.last?.pid else { break }
            kill(signal == SIGKILL ? -pid : pid, signal)
            let end = Self.now() + Int64(patience)
            while services.last?.pid != nil, Self.now() < end {
                _ = signals.wait(milliseconds: Int(min(100, end - Self.now())))
                reap(restarting: false)
            }
            if services.last?.pid != nil, signal != SIGKILL {
                log("\(state.service.name) did not stop within \(patience) ms")
            }
        }
        if let pid = state.pid { kill(-pid, SIGKILL) }
    }

    private mutating func reap(restarting: Bool) {
        var status: Int32 = 0
        while case let pid = waitpid(-1, &status, WNOHANG), pid > 0 {
            if oneShots.keys.contains(pid) { oneShots[pid] = .some(Self.exitStatus(status)) }
            guard let index = services.firstIndex(where: { $0.pid == pid }) else { continue }
            let wait = services[index].ended(at: Self.now())
            guard restarting else { continue }
            // Its group and its orphans still hold what the next one needs.
            kill(-pid, SIGKILL)
            killStrays()
            log(
                "\(services[index].service.name) (pid \(pid)) ended with status \(Self.exitStatus(status)), again in \(wait) ms"
            )
        }
    }

    private mutating func startWhatIsDue() {
        let now = Self.now()
        for index in services.indices where services[index].pid == nil && services[index].dueAt <= now {
            do {
                services[index].pid = try services[index].service.command.spawn()
                services[index].startedAt = Self.now()
            } catch {
                log("\(error)")
                _ = services[index].ended(at: now)
            }
        }
    }

    /// Kills children that are neither services nor one-shots: orphans of a dead service.
    private func killStrays() {
        let known = Set(services.compactMap(\.pid)).union(oneShots.keys)
        for pid in ProcessTable.children(of: getpid()) where !known.contains(pid) { kill(pid, SIGKILL) }
    }

    private static func exitStatus(_ status: Int32) -> Int32 {
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    static func now() -> Int64 { SystemClock.monotonicNanoseconds() / 1_000_000 }
}
