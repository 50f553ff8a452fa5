import App
import JSON
import Market
import PriceFiles

/// What an import read and did, for people and for programs.
struct ImportReport {
    let file: PriceFile
    let report: ReadingReport
    /// nil: nothing was stored, or was to be.
    let outcome: BarStore.Outcome?
    let isTrial: Bool

    /// The result to standard output; how the file was understood and what is wrong with it to standard error.
    func tell() {
        for fact in file.understood.facts { Console.note("\(fact.name): \(fact.value)") }
        for remark in BarFiles.remarks(on: report, of: file) { Console.note("\(file.name): \(remark)") }
        BarFiles.name(refusedIn: report)
        let timeframe = file.understood.timeframe.rawValue
        guard let outcome else {
            Console.say(
                "\(file.name): \(report.rows) rows read, \(report.bars) bars of \(timeframe), \(report.refusedCount) rows refused"
            )
            return
        }
        let would = isTrial ? "would be " : ""
        let removed = outcome.removed > 0 ? ", \(outcome.removed) removed" : ""
        Console.say(
            "\(outcome.symbol) \(timeframe): \(report.rows) rows read; \(would)\(outcome.added) bars added, \(outcome.changed) changed, "
                + "\(outcome.unchanged) unchanged\(removed), \(report.refusedCount) rows refused; \(outcome.count) stored, revision "
                + "\(outcome.revision)")
    }

    var json: Value {
        let understood = file.understood
        var stored = Value.null
        if let outcome {
            stored = [
                "symbol": .string(outcome.symbol), "new_symbol": .bool(outcome.isNewSymbol),
                "added": number(outcome.added),
                "changed": number(outcome.changed), "unchanged": number(outcome.unchanged),
                "removed": number(outcome.removed), "bars": number(outcome.count), "revision": number(outcome.revision),
                "first": .string(label(outcome.first)), "last": .string(label(outcome.last)),
            ]
        }
        var noise = Value.null
        if let found = report.noise {
            noise = [
                "prices": number(found.count), "decimals": number(found.decimals), "line": number(found.line),
                "from": .number(Number(found.from)), "to": .number(Number(found.to)),
            ]
        }
        return [
            "file": .string(file.name), "dry_run": .bool(isTrial), "asset_type": .string(understood.assetType.rawValue),
            "timeframe": .string(understood.timeframe.rawValue), "format": .string(understood.format.rawValue),
            "understood": .object(Object(understood.facts.map { ($0.name, .string($0.value)) })),
            "rows": number(report.rows), "bars": number(report.bars), "refused": number(report.refusedCount),
            "refused_lines": .array(
                report.refused.map { ["line": number($0.line), "reason": .string($0.reason)] }),
            "skipped": .object(
                Object(
                    ReadingReport.Skip.allCases.compactMap { reason in
                        report.skippedCounts[reason].map { (reason.rawValue, number($0)) }
                    })),
            "skipped_lines": .array(
                report.skipped.map { ["line": number($0.line), "reason": .string($0.reason.rawValue)] }),
            "float_noise": noise, "partial": number(report.partial), "without_volume": number(report.withoutVolume),
            "swapped_volumes": number(report.swappedVolumes), "dropped_unfinished": .bool(report.droppedUnfinished),
            "stored": stored,
        ]
    }

    private func number(_ value: Int) -> Value { .number(Number(value)) }

    private func label(_ time: Int64) -> String {
        let instant = Instant(microseconds: time)
        return file.understood.timeframe == .day
            ? instant.day?.description ?? instant.description : instant.textInSeconds
    }
}
