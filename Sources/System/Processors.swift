import Glibc

/// The processors that this process may use.
public enum Processors {
    /// At least 1: those of its affinity mask (`taskset`, `CPUAffinity=`, a container's cpuset) that are online. A quota of
    /// time (`CPUQuota=`) does not count.
    public static let count: Int = {
        let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let status = (try? File.text(of: "/proc/self/status", maximumBytes: 1 << 16)) ?? ""
        return min(online, allowed(by: status) ?? online)
    }()

    /// - Parameter status: `/proc/PID/status` (proc_pid_status(5)): `Cpus_allowed` is a mask in hexadecimal digits, with a
    ///   comma between every eight of them.
    static func allowed(by status: String) -> Int? {
        let name = "Cpus_allowed:"
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
        let count = line.dropFirst(name.count).reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount }
        return count > 0 ? count : nil
    }
}
