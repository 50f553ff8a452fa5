public import JSON
import Market
public import PriceFiles
public import Quality

/// What became of a file of bars: how it was understood, what became of its rows, and what was stored, or would be. Said
/// once for the command line, for uploads and for the jobs that store them.
public struct ImportReport: Sendable {
    public let understood: Understanding
    public let rows: ReadingReport
    /// nil: the file was not read to its end, or nobody asked.
    public let missing: MissingBars?
    /// nil: nothing was stored, or was to be.
    public let outcome: BarStore.Outcome?
    /// How many lines are named of those refused, and of those skipped.
    private let named: Int

    public init(
        _ file: PriceFile, _ rows: ReadingReport, missing: MissingBars? = nil, _ outcome: BarStore.Outcome?,
        named: Int = .max
    ) {
        (understood, self.rows, self.missing) = (file.understood, rows, missing)
        (self.outcome, self.named) = (outcome, named)
    }

    /// As one JSON object.
    ///
    /// - Parameter own: members of the caller's, in front of the others.
    public func json(after own: [(name: String, value: Value)] = []) -> [UInt8] {
        var json = Writer(capacity: 4_096)
        json.beginObject()
        for member in own {
            json.key(member.name)
            json.value(member.value)
        }
        for member in Self.members { member.write(&json, self) }
        json.endObject()
        return json.bytes
    }

    static let form = Form<ImportReport>.object("ImportReport", members)

    private static let members: [Member<ImportReport>] = [
        .member("asset_type", .choice(), \.understood.assetType),
        .member("timeframe", .choice(), \.understood.timeframe),
        .member("format", .choice(), \.understood.format),
        .nullable("symbol", Form<String>.text.described("As the file writes it"), \.understood.symbol),
        .member(
            "understood", Form<[(name: String, value: String)]>.byName(.text).described("What the file was taken for"),
            \.understood.facts),
        .member("rows", .integer, \.rows.rows), .member("bars", .integer, \.rows.bars),
        .nullable("first", .barTime) { $0.label($0.rows.span?.lowerBound) },
        .nullable("last", .barTime) { $0.label($0.rows.span?.upperBound) },
        .optional(
            "expected_bars", Form<Int>.integer.described("How many there should be from the first to the last"),
            \.missing?.expected), .optional("missing_bars", .integer, \.missing?.count),
        .member("refused", Form<Int>.integer.described("Lines that are no bars"), \.rows.refusedCount),
        .member(
            "refused_lines", Form<[RefusedLine]>.list(of: refusedLine).described("The first of them")
        ) { Array($0.rows.refused.prefix($0.named)) },
        .member("skipped", Form<[(name: String, value: Int)]>.byName(.integer)) { report in
            ReadingReport.Skip.allCases.compactMap { why in report.rows.skippedCounts[why].map { (why.rawValue, $0) } }
        },
        .member(
            "skipped_lines",
            Form<[(line: Int, reason: ReadingReport.Skip)]>.list(of: skippedLine).described("The first of them")
        ) { Array($0.rows.skipped.prefix($0.named)) },
        .member(
            "remarks",
            Form<[String]>.list(of: .text).described("What was passed over, changed or is missing, in words"),
            \.remarks),
        .nullable("float_noise", noise, \.rows.noise),
        .member(
            "partial", Form<Int>.integer.described("Bars made of fewer than they have room for"), \.rows.partial),
        .member("without_volume", .integer, \.rows.withoutVolume),
        .member("swapped_volumes", .integer, \.rows.swappedVolumes),
        .member("dropped_unfinished", .flag, \.rows.droppedUnfinished),
        .nullable("stored", stored) { report in report.outcome.map { (report.understood.timeframe, $0) } },
    ]

    private static let refusedLine = Form<RefusedLine>.object(
        "RefusedLine", [.member("line", .integer, \.line), .member("reason", .text) { Members.named(in: $0.reason) }])

    private static let skippedLine = Form<(line: Int, reason: ReadingReport.Skip)>.object(
        "SkippedLine", [.member("line", .integer, \.line), .member("reason", .text, \.reason.rawValue)])

    private static let noise = Form<FloatNoise.Report>.object(
        "FloatNoise",
        [
            .member("prices", .integer, \.count), .member("decimals", .integer, \.decimals),
            .member("line", .integer, \.line), .member("from", .number, \.from), .member("to", .number, \.to),
        ])

    private static let stored = Form<(Timeframe, BarStore.Outcome)>.object(
        "StoredBars",
        [
            .member("symbol", .text, \.1.symbol), .member("new_symbol", .flag, \.1.isNewSymbol),
            .member("added", .integer, \.1.added), .member("changed", .integer, \.1.changed),
            .member("unchanged", .integer, \.1.unchanged), .member("removed", .integer, \.1.removed),
            .member("bars", Form<Int>.integer.described("Of the series, afterwards"), \.1.count),
            .member("revision", .integer, \.1.revision), .member("first", .barTime) { $0.0.label($0.1.first) },
            .member("last", .barTime) { $0.0.label($0.1.last) },
        ])

    private func label(_ time: Int64?) -> String? { time.map(understood.timeframe.label) }
}

extension ImportReport {
    /// What was passed over or changed on the way, and what is missing, a sentence each.
    public var remarks: [String] {
        var remarks: [String] = []
        for reason in ReadingReport.Skip.allCases {
            guard let count = rows.skippedCounts[reason] else { continue }
            let lines = rows.skipped.filter { $0.reason == reason }.prefix(20).map { String($0.line) }
            let named =
                lines.isEmpty
                ? "" : ", in line \(lines.joined(separator: ", "))" + (count > lines.count ? " and others" : "")
            remarks.append("\(counted(count, "row")) skipped: \(reason.rawValue)\(named)")
        }
        if let noise = rows.noise {
            remarks.append(
                "\(counted(noise.count, "price")) \(noise.count == 1 ? "was" : "were") rounded from float noise to at most \(counted(noise.decimals, "decimal")), the first in line "
                    + "\(noise.line): \(noise.from) became \(noise.to)")
        }
        if let moved = rows.followed {
            let which = moved.count == 1 ? "1 high or low" : "\(moved.count) highs and lows"
            remarks.append(
                "\(which) lay within open and close by a last digit and \(moved.count == 1 ? "was" : "were") moved to them, the first in line "
                    + "\(moved.line): \(moved.from) became \(moved.to)")
        }
        if rows.withoutVolume > 0 {
            remarks.append("\(counted(rows.withoutVolume, "row")) without a volume: taken as 0")
        }
        if rows.swappedVolumes > 0 {
            remarks.append(
                "\(counted(rows.swappedVolumes, "row")) with the two volumes in each other's column: put right")
        }
        if rows.partial > 0 {
            let starts = rows.partialStarts.prefix(20).map(understood.timeframe.label)
            remarks.append(
                "\(counted(rows.partial, are: "bar")) made of fewer than there is room for: \(starts.joined(separator: ", "))"
                    + (rows.partial > starts.count ? " and others" : ""))
        }
        if let remark = missing?.remark { remarks.append(remark) }
        if rows.droppedUnfinished { remarks.append("the last bar was left out: it is not over") }
        return remarks
    }
}

/// Messages for people at the command line name its options; programs know them as members.
enum Members {
    /// The same with `--date-order` as `date_order`.
    static func named(in message: String) -> String {
        var shown = "", rest = message[...]
        while let dashes = rest.range(of: "--") {
            let name = rest[dashes.upperBound...].prefix { $0 == "-" || $0.isASCII && $0.isLowercase }
            let isOption =
                name.first?.isLetter == true && (rest[..<dashes.lowerBound].last.map { !$0.isLetter } ?? true)
            shown += rest[..<dashes.lowerBound]
            shown += isOption ? name.map { $0 == "-" ? "_" : String($0) }.joined() : "--" + name
            rest = rest[name.endIndex...]
        }
        return shown + rest
    }
}

extension PriceFile {
    /// Finds out which bars the file lacks while it is read. Of the exchange's closures it knows those that this program
    /// does; the checks of what is stored know all.
    ///
    /// - Parameter exchange: of a share; nil: not known, so one of the United States.
    public func missingBars(listedAt exchange: String?) -> MissingBars {
        MissingBars(
            understood.assetType, understood.timeframe,
            calendar: Listing.keepsNewYorkDays(exchange) ? TradingCalendar() : nil)
    }
}
