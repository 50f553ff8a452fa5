import Glibc
public import Postgres
public import System

/// Whether a host is being emptied for work on it (operations.md, "Life of a host"): not ready, so that a load balancer sends
/// it nobody, and taking no job. A file says so, which the next start of the machine removes.
public struct Drain: Sendable {
    private let file: String

    init(file: String) { self.file = file }

    public var isOn: Bool { access(file, F_OK) == 0 }

    static let sentence = "this host is drained: bitstockerz drain off when the work on it is done"

    public func begin() throws(SystemError) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError("make \(file)") }
        close(descriptor)
    }

    public func end() throws(SystemError) {
        guard unlink(file) == 0 || errno == ENOENT else { throw SystemError("remove \(file)") }
    }
}

/// What a host is busy with at this moment.
public struct HostWork: Sendable {
    /// Processes of the pools that have a request.
    public let requests: Int
    /// Jobs that its daemons have begun.
    public let jobs: Int

    public var isNone: Bool { requests == 0 && jobs == 0 }

    public static func underWay(_ configuration: Configuration, in db: inout Connection) throws -> HostWork {
        // Without counters no process has been started since the machine was.
        let told = String(decoding: (try? Meters.told(as: .text, configuration, [])) ?? [], as: UTF8.self)
        let busy = told.split(separator: "\n").filter { $0.hasPrefix("bitstockerz_responders_busy{") }
            .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
        let jobs = try db.run(Query<Int>.value(jobsSQL, configuration.backtestName, configuration.workerName))
        return HostWork(requests: busy.reduce(0, +), jobs: jobs)
    }

    /// Of the workers with these two names.
    static let jobsSQL =
        "SELECT count(*) FROM jobs WHERE status = 'running' AND lease_until > now() AND split_part(worker, '/', 1) IN ($1, $2)"
}
