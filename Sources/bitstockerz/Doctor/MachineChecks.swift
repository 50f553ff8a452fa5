import Glibc
import Supervision
import System

/// Where something is kept, and how much room is left there.
struct Volume {
    private static let minimumBytes = 256 << 20

    private let path: String
    private let device: UInt
    private let freeBytes: Int
    /// Of what there is, bytes or files, whichever is scarcer.
    private let freeShare: Double

    /// Nil when there is no such place, or it may not be looked at.
    init?(at path: String) {
        var volume = statvfs(), place = stat()
        guard statvfs(path, &volume) == 0, stat(path, &place) == 0, volume.f_blocks > 0 else { return nil }
        self.path = path
        device = UInt(place.st_dev)
        freeBytes = Int(volume.f_bavail) * Int(volume.f_frsize)
        let files = volume.f_files > 0 ? Double(volume.f_favail) / Double(volume.f_files) : 1
        freeShare = min(Double(volume.f_bavail) / Double(volume.f_blocks), files)
    }

    func observation(_ name: String) -> Observation {
        let free = Console.decimal(Double(freeBytes) / 1e9, 1) + " GB"
        let place = path.hasPrefix("/proc/") ? "where the database is" : "on \(path)"
        if freeShare >= 0.05, freeBytes >= Self.minimumBytes { return .fine(name, "\(free) free \(place)") }
        return .wrong(
            name,
            "only \(free), or \(Console.decimal(freeShare * 100, 1)) % of the space or of the files, is free \(place)",
            "make room or grow the volume")
    }

    /// One observation for each volume that something of ours is on.
    static func observations() -> [Observation] {
        var seen: Set<UInt> = []
        return ["/", "/var/log", "/var/log/nginx", "/var/cache/nginx", "/run", "/var/lib/bitstockerz/backups"]
            .compactMap { path in
                guard let volume = Volume(at: path), seen.insert(volume.device).inserted else { return nil }
                return volume.observation("disk")
            }
    }
}

/// TCP ports of this machine.
enum Ports {
    /// Who listens on a port, as `name (pid)`; nil for nobody, and `?` for whom only root could see.
    static func owner(of port: Int) -> String? {
        let inodes = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { listeners(in: $0, on: port) }
        guard !inodes.isEmpty else { return nil }
        for pid in ProcessTable.all {
            for descriptor in (try? Folder.names(in: "/proc/\(pid)/fd")) ?? [] {
                guard let target = linkTarget(of: "/proc/\(pid)/fd/\(descriptor)"),
                    inodes.contains(where: { target == "socket:[\($0)]" })
                else { continue }
                return "\(ProcessTable.name(of: pid) ?? "?") (process \(pid))"
            }
        }
        return "?"
    }

    private static func linkTarget(of path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &bytes, bytes.count)
        return count < 0 ? nil : String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func listeners(in table: String, on port: Int) -> [Substring] {
        guard let text = try? File.text(of: table, maximumBytes: 16 << 20) else { return [] }
        return text.split(separator: "\n").dropFirst().compactMap { line in
            // number local remote state queues timer retransmits user time-out inode
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A", let colon = fields[1].lastIndex(of: ":"),
                Int(fields[1][fields[1].index(after: colon)...], radix: 16) == port
            else { return nil }
            return fields[9]
        }
    }
}
