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
        if rest > 0 { Console.note("... and \(rest) more lines") }
    }

    /// What was passed over or changed on the way, a line each.
    static func remarks(on report: ReadingReport, of file: PriceFile) -> [String] {
        var remarks: [String] = []
        for reason in ReadingReport.Skip.allCases {
            guard let count = report.skippedCounts[reason] else { continue }
            let lines = report.skipped.filter { $0.reason == reason }.prefix(20).map { String($0.line) }
            let named =
                lines.isEmpty
                ? "" : ", in line \(lines.joined(separator: ", "))" + (count > lines.count ? " and others" : "")
            remarks.append("\(rows(count)) skipped: \(reason.rawValue)\(named)")
        }
        if let noise = report.noise {
            remarks.append(
                "\(noise.count) prices were rounded from float noise to at most \(noise.decimals) decimals, the first in line "
                    + "\(noise.line): \(noise.from) became \(noise.to)")
        }
        if report.withoutVolume > 0 { remarks.append("\(rows(report.withoutVolume)) without a volume: taken as 0") }
        if report.swappedVolumes > 0 {
            remarks.append("\(rows(report.swappedVolumes)) with the two volumes in each other's column: put right")
        }
        if report.partial > 0 {
            let starts = report.partialStarts.map {
                file.understood.timeframe == .day ? day($0) : Instant(microseconds: $0).textInSeconds
            }
            remarks.append(
                "\(report.partial) bars are made of fewer than they have room for: \(starts.joined(separator: ", "))"
                    + (report.partial > starts.count ? " and others" : ""))
        }
        if report.droppedUnfinished { remarks.append("the last bar was left out: it is not over") }
        return remarks
    }

    private static func day(_ time: Int64) -> String { Instant(microseconds: time).day?.description ?? "" }

    private static func rows(_ count: Int) -> String { count == 1 ? "1 row" : "\(count) rows" }
}
