import App
import ArgumentParser
import Daemon
import Glibc
import System

/// What the commands say, and how they end.
///
/// Results go to standard output; everything about the way there goes to standard error, so that output can be piped.
/// Exit codes are those of sysexits.h: 64 wrong usage, 65 bad data, 66 no such input, 69 something needed is away,
/// 78 bad configuration.
enum Console {
    static let errorIsTerminal = isatty(STDERR_FILENO) == 1

    static func say(_ line: String) { write(Array((line + "\n").utf8)) }

    static func note(_ line: String) { hint(line + "\n") }

    /// One line about what went wrong, which the journal takes as an error.
    static func complain(_ message: String) {
        note(Journal.prefix(.error, for: STDERR_FILENO) + "bitstockerz: " + message)
    }

    /// To standard error, as it is.
    static func hint(_ text: String) { write(Array(text.utf8), to: STDERR_FILENO) }

    static func write(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

    static func writeLine(_ bytes: [UInt8]) { write(bytes + [10]) }

    /// Output that nobody can take ends the command, with nobody to tell.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        do { try File.write(bytes, to: descriptor) } catch { Glibc.exit(EXIT_FAILURE) }
    }

    /// A number with so many decimals.
    static func decimal(_ value: Double, _ places: Int) -> String {
        withVaList([CInt(places), value]) { arguments in
            var text = [CChar](repeating: 0, count: 512)  // the largest double has 309 digits
            let count = Int(vsnprintf(&text, text.count, "%.*f", arguments))
            return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Ends the command with one message on standard error and an exit code of sysexits.h.
    static func fail(_ message: String, _ code: Int32) -> ExitCode {
        complain(message)
        return ExitCode(code)
    }

    /// The whole of a file that a command was pointed at; `-` is standard input.
    ///
    /// - Throws: exit 66 after saying what the system has against it.
    static func contents(of path: String) throws -> [UInt8] {
        let maximumBytes = 4 << 30
        do {
            return path == "-"
                ? try File.contents(from: STDIN_FILENO, named: "standard input", maximumBytes: maximumBytes)
                : try File.contents(of: path, maximumBytes: maximumBytes)
        } catch {
            throw fail("\(path): cannot be read: \(error.reason)", ExitStatus.noInput)
        }
    }

    /// Columns lined up, the first to the left, the others to the right when `rightAligned`.
    static func table(_ rows: [[String]], rightAligned: Set<Int> = []) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let gap = String(repeating: " ", count: widths[column] - cell.count)
                if rightAligned.contains(column) { return gap + cell }
                return column == row.count - 1 ? cell : cell + gap
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}

extension ExitStatus {
    static let usage: Int32 = 64
    static let badData: Int32 = 65
    static let noInput: Int32 = 66
    static let temporary: Int32 = 75
    static let noPermission: Int32 = 77
}

/// A bar on standard error that grows with long work; nothing when that is not a terminal.
struct ProgressBar {
    private let label: String
    private var shown = -1

    init(_ label: String) { self.label = label }

    mutating func show(_ done: Int, of total: Int) {
        guard Console.errorIsTerminal, total > 0 else { return }
        let percent = min(100, done * 100 / total)
        guard percent != shown else { return }
        shown = percent
        let filled = percent * 30 / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
        Console.hint("\r\(label) [\(bar)] \(percent)%")
        if percent == 100 { Console.hint("\n") }
    }
}
