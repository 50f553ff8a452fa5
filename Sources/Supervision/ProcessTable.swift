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

    /// Every process, in no order.
    public static var all: [Int32] { ((try? Folder.names(in: "/proc")) ?? []).compactMap { Int32($0) } }

    /// The children of a process, in no order.
    public static func children(of parent: Int32) -> [Int32] {
        all.filter { Self.parent(of: $0) == parent }
    }

    private static func contents(_ path: String) -> String? { try? File.text(of: path, maximumBytes: 1 << 20) }
}
