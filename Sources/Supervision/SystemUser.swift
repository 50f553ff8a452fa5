import Glibc

/// A user of this machine.
public struct SystemUser: Sendable {
    public let name: String
    public let id: UInt32
    public let group: UInt32

    /// Nil when there is none of that name.
    public init?(named name: String) {
        guard let entry = getpwnam(name) else { return nil }
        self.init(entry.pointee)
    }

    /// The user this process runs as.
    public static func current() throws(SupervisionError) -> SystemUser {
        guard let entry = getpwuid(geteuid()) else {
            throw SupervisionError("user \(geteuid()) has no name on this machine")
        }
        return SystemUser(entry.pointee)
    }

    private init(_ entry: passwd) {
        name = String(cString: entry.pw_name)
        id = entry.pw_uid
        group = entry.pw_gid
    }

    /// Gives root's rights up for good, in this process and all it starts.
    public func become() throws(SupervisionError) {
        guard initgroups(name, group) == 0, setgid(group) == 0, setuid(id) == 0 else {
            throw SupervisionError("cannot become user \(name)", errno: errno)
        }
    }
}
