public import Market

/// What a file was taken for.
public struct Understanding: Equatable, Sendable {
    public let format: FileFormat
    public let assetType: AssetType
    public let timeframe: Timeframe
    /// What the bars are of, how wide, and why that is so, in one line for people: `EQUITY 1d, as there are no bars at night`.
    public let kind: String
    /// Facts for people, each with its name: `("columns", "time Date, open Open, ...")`.
    public let facts: [(name: String, value: String)]
    /// The one symbol the file names, as it writes it.
    public let symbol: String?
    /// Rows that can be bars.
    public let rows: Int

    public static func == (a: Self, b: Self) -> Bool {
        a.format == b.format && a.assetType == b.assetType && a.timeframe == b.timeframe && a.symbol == b.symbol
            && a.facts.elementsEqual(b.facts, by: ==)
    }

    init(_ survey: Survey, _ width: Width, _ kind: Kind, _ options: ReadingOptions) {
        let layout = survey.layout
        (format, assetType, timeframe) = (layout.format, kind.assetType, width.timeframe)
        self.kind = "\(assetType.rawValue) \(timeframe.rawValue), \(kind.reason)"
        symbol = options.ticker ?? survey.symbols.first ?? layout.ticker
        rows = survey.rows
        func name(_ column: Int) -> String { column < layout.names.count ? layout.names[column] : "\(column + 1)" }
        var columns = ["time \(name(layout.time))"]
        if let time = layout.timeOfDay { columns[0] += " and \(name(time))" }
        columns += zip(["open", "high", "low", "close"], layout.prices).map { "\($0) \(name($1))" }
        columns.append(layout.volume.map { "volume \(name($0))" } ?? "no volume (taken as 0)")
        if let symbol = layout.symbol { columns.append("symbol \(name(symbol))") }
        var facts: [(String, String)] = [
            ("format", layout.format.rawValue),
            ("separator", survey.opening.delimiter?.name ?? "JSON"),
            ("columns", columns.joined(separator: ", ")),
            ("numbers", "decimal \(survey.mark.rawValue)"),
            ("times", survey.meaning.description),
            ("zone", Self.zone(survey, width, kind, options)),
            ("order", Self.order(survey.track)),
            (
                "bars",
                "\(Width.text(width.source))" + (width.isAggregated ? ", joined to \(width.timeframe.rawValue)" : "")
            ),
            ("price decimals", "\(survey.priceDecimals)" + (survey.noise.isNoisy ? ", and float noise" : "")),
            ("kind", self.kind),
        ]
        if layout.scale != 1 { facts.append(("price unit", "1/\(Int(layout.scale))")) }
        if let symbol { facts.append(("symbol", symbol)) }
        if !survey.opening.titles.isEmpty { facts.append(("title lines", "\(survey.opening.titles.count)")) }
        self.facts = facts
    }

    private static func zone(_ survey: Survey, _ width: Width, _ kind: Kind, _ options: ReadingOptions) -> String {
        if width.timeframe == .day, !width.isAggregated { return "dates, in no zone" }
        if let zone = survey.sessionZone(kind, width, options) { return "days of \(zone)" }
        return "as written, else \(survey.meaning.zone)"
    }

    private static func order(_ track: TimeTrack) -> String {
        if track.isInNoOrder { return "in no single order" }
        return track.descending == 0 ? "oldest first" : "newest first"
    }
}
