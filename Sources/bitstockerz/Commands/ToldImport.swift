import App
import JSON
import Market
import PriceFiles

/// What an import read and did, as the command line tells it.
struct ToldImport {
    let file: PriceFile
    let report: ImportReport
    let isTrial: Bool

    var hasRefusedLines: Bool { report.rows.refusedCount > 0 }

    /// The result to standard output; how the file was understood and what is wrong with it to standard error.
    func tell() {
        for fact in file.understood.facts { Console.note("\(fact.name): \(fact.value)") }
        for remark in report.remarks { Console.note("\(file.name): \(remark)") }
        BarFiles.name(refusedIn: report.rows)
        let timeframe = file.understood.timeframe.rawValue, rows = report.rows
        guard let outcome = report.outcome else {
            Console.say(
                "\(file.name): \(counted(rows.rows, "row")) read, \(counted(rows.bars, "bar")) of \(timeframe), \(counted(rows.refusedCount, "row")) refused"
            )
            return
        }
        let would = isTrial ? "would be " : ""
        let removed = outcome.removed > 0 ? ", \(outcome.removed) removed" : ""
        Console.say(
            "\(outcome.symbol) \(timeframe): \(counted(rows.rows, "row")) read; \(would)\(counted(outcome.added, "bar")) added, \(outcome.changed) changed, "
                + "\(outcome.unchanged) unchanged\(removed), \(counted(rows.refusedCount, "row")) refused; \(outcome.count) stored, revision "
                + "\(outcome.revision)")
    }

    var json: [UInt8] { report.json(after: [("file", .string(file.name)), ("dry_run", .bool(isTrial))]) }
}
