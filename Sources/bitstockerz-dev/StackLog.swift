import FoundationEssentials
import Glibc
import Supervision
import System

/// The logs of a stack: one file a child, and the supervisor's own lines on standard error.
enum StackLog {
    static let bound: off_t = 4 << 20

    static func path(_ name: String, in layout: StackLayout) -> String { "\(layout.logs)/\(name).log" }

    /// Opens a child's log to append. One that has grown past 4 MiB becomes `NAME.log.old` first.
    static func open(_ name: String, in layout: StackLayout) throws -> Descriptor {
        let path = path(name, in: layout)
        rotate(path)
        return try Descriptor(opening: path, O_WRONLY | O_CREAT | O_APPEND)
    }

    static func rotate(_ path: String) {
        var information = stat()
        if stat(path, &information) == 0, information.st_size > bound { rename(path, "\(path).old") }
    }

    /// For an error message; empty when there is none.
    static func lastLine(_ name: String, in layout: StackLayout) -> String {
        guard let text = try? String(contentsOfFile: path(name, in: layout), encoding: .utf8) else { return "" }
        return text.split(separator: "\n").last.map(String.init) ?? ""
    }

    static func write(_ message: String) {
        let time = SystemClock.timestamp(SystemClock.unixMicroseconds())
        Launch.write("\(time) supervisor: \(message)\n", to: STDERR_FILENO)
    }
}
