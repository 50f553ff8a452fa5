import Foundation
import Supervision

/// The logs of a stack: one file a child, and the supervisor's own lines on standard error.
enum StackLog {
    static let bound: off_t = 4 << 20

    static func path(_ name: String, in layout: StackLayout) -> String { "\(layout.logs)/\(name).log" }

    /// Opens a child's log to append. One that has grown past 4 MiB becomes `NAME.log.old` first.
    static func open(_ name: String, in layout: StackLayout) throws -> Int32 {
        let path = path(name, in: layout)
        rotate(path)
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SupervisionError("cannot open \(path)", errno: errno) }
        return descriptor
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
        let time = Date().formatted(.iso8601)
        FileHandle.standardError.write(Data("\(time) supervisor: \(message)\n".utf8))
    }
}
