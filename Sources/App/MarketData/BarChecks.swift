public import JSON
public import Market
public import Postgres
import Quality

/// Checks stored series and keeps what was found: the one way of findings into the database.
public enum BarChecks {
    /// What the checks of one series came to.
    public struct Outcome: Sendable {
        public let symbol: String
        public let timeframe: Timeframe
        /// Bars that should be there between the first and the last, and how many of them are not.
        public let expected: Int, missing: Int
        /// As they are stored now, worst first.
        public let findings: [StoredFinding]
    }

    /// Checks all series of a symbol as they are now. While that is done nobody changes them; findings that an operator has
    /// dismissed stay dismissed where they are the same.
    ///
    /// - Parameter always: also those that were checked at their revision already, because the checks or the exchange's
    ///   calendar may have changed.
    /// - Returns: nothing for a symbol without bars, or when there was nothing to do.
    public static func check(symbol id: Int, always: Bool = false, in db: inout Connection) throws -> [Outcome] {
        try db.transaction(opening: .seriesToCheck(ofSymbol: id), .marketClosures()) { db, all, closures in
            guard always || all.contains(where: { $0.revision != $0.checked }) else { return [] }
            let calendar = TradingCalendar(closures: closures)
            let bars = try all.map { series in
                try db.run(
                    .bars(BarTable(series.assetType, series.timeframe), symbol: id, from: nil, to: nil, warmUp: 0))
            }
            var outcomes: [Outcome] = []
            for (series, own) in zip(all, bars) {
                let inspection = Inspection(
                    of: own, series.assetType, series.timeframe,
                    calendar: Listing.keepsNewYorkDays(series.exchange) ? calendar : nil)
                var findings =
                    inspection.findings + PartialBars.findings(series.partial, in: own, series.timeframe)
                let table = BarTable(series.assetType, series.timeframe)
                if let revision = try db.run(.revision(of: table, series.timeframe, symbol: id)) {
                    findings.append(revision.finding(series.timeframe))
                }
                // Days are what hours are held against.
                if series.timeframe == .hour, let days = zip(all, bars).first(where: { $0.0.timeframe == .day })?.1 {
                    findings += HourlyAgainstDaily.findings(hours: own, days: days)
                }
                let (_, _, _, _, _, stored) = try db.run(
                    .noting(inspection, of: series, symbol: id), .clearing(allBut: findings, of: series, symbol: id),
                    .storing(findings, of: series, symbol: id), .countingFindings(of: series.timeframe, symbol: id),
                    .freeingSettledTrades(of: id, series.timeframe), .findings(of: series.timeframe, symbol: id))
                outcomes.append(
                    Outcome(
                        symbol: series.symbol, timeframe: series.timeframe, expected: inspection.expected,
                        missing: inspection.missing, findings: stored))
            }
            return outcomes
        }
    }

    /// The ids of the active symbols that have bars, by ticker; of one when it is given, else of all.
    ///
    /// - Parameter symbol: a ticker in any case.
    public static func symbols(_ symbol: String?, in db: inout Connection) throws -> [Int] {
        guard let symbol else { return try db.run(.symbolsWithBars(nil)) }
        guard let ticker = Ticker.canonical(symbol) else { return [] }
        return try db.run(.symbolsWithBars(ticker))
    }

    /// Says that a finding is all right, or that it is not after all. What waited for it alone is traded again, and is from
    /// then on.
    ///
    /// - Parameter alongside: what is done in the same transaction, once it is said.
    /// - Returns: the finding as it is now, and of which bars; nil when there is none of that id.
    public static func dismiss(
        finding id: Int, _ isDismissed: Bool = true, in db: inout Connection,
        alongside: (inout Connection) throws -> Void = { _ in }
    ) throws -> (timeframe: Timeframe, finding: StoredFinding)? {
        try db.transaction(opening: .dismissing(finding: id, isDismissed)) { db, found in
            guard let found else { return nil }
            _ = try db.run(
                .countingFindings(of: found.timeframe, symbol: found.symbol),
                .freeingSettledTrades(of: found.symbol, found.timeframe))
            try alongside(&db)
            return (found.timeframe, found.finding)
        }
    }
}

extension BarChecks.Outcome {
    private static let form = Form<Self>.object([
        .member("symbol", .text, \.symbol), .member("interval", .choice(), \.timeframe),
        .member("expected_bars", .integer, \.expected), .member("missing_bars", .integer, \.missing),
        .member("findings", .list(of: StoredFinding.form)) { outcome in
            outcome.findings.map { (outcome.timeframe, $0) }
        },
    ])

    /// As an object, for the command line.
    public func write(into json: inout Writer) { Self.form.write(&json, self) }
}
