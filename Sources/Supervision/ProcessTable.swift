import Glibc
import System

/// What `/proc` tells about other processes.
public enum ProcessTable {
    /// Nil when there is no such process.
    public static func parent(of pid: Int32) -> Int32? {
        // pid (name, which may hold anything) state ppid ...
        guard let text = contents("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 1 ? Int32(fields[1]) : nil
    }

    /// The program's name, at most 15 bytes, as the kernel keeps it.
    public static func name(of pid: Int32) -> String? {
        contents("/proc/\(pid)/comm").map { String($0.prefix { $0 != "\n" }) }
    }

    /// The children of a process, in no order.
    public static func children(of parent: Int32) -> [Int32] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var found: [Int32] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let pid = Int32(name), Self.parent(of: pid) == parent { found.append(pid) }
        }
        return found
    }

    private static func contents(_ path: String) -> String? { try? File.text(of: path, maximumBytes: 1 << 20) }
}
