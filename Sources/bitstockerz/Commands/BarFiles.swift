import App
import ArgumentParser
import Compression
import Market
import PriceFiles
import System

/// Reading files of bars for commands, with one line on standard error for everything that is wrong.
enum BarFiles {
    /// - Throws: exit 66 for a file that cannot be read, 65 for one that is no file of bars.
    static func open(_ path: String, _ options: ReadingOptions) throws -> PriceFile {
        try reading(path) { try PriceFile(FileBytes(path), name: path, options: options) }
    }

    /// - Throws: as ``open(_:_:)``.
    static func reading<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do { return try body() } catch let refusal as PriceFileRefusal {
            throw Console.fail(refusal.description, ExitStatus.badData)
        } catch let error as DecompressionError {
            throw Console.fail("\(path): \(error.description)", ExitStatus.badData)
        } catch let error as SystemError {
            throw Console.fail("\(path): cannot be read: \(error.reason)", ExitStatus.noInput)
        }
    }

    /// Names every refused line.
    static func name(refusedIn report: ReadingReport) {
        for line in report.refused { Console.note(line.description) }
        let rest = report.refusedCount - report.refused.count
        if rest > 0 { Console.note("... and \(counted(rest, "more line"))") }
    }
}
