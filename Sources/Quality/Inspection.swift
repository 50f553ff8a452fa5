public import Market

/// Everything that the bars of one series say against themselves; see ``Finding/Check``.
///
/// Every check looks at each bar a bounded number of times, so a series is inspected in time linear in its length.
///
///     let inspection = Inspection(of: bars, .crypto, .day, calendar: nil)
///     inspection.expected     // 3
///     inspection.missing      // 1
public struct Inspection: Sendable {
    /// How many bars there should be between the first and the last, and how many of them are missing.
    public let expected: Int
    public let missing: Int
    /// By check, then oldest first; of each check 50 at the most.
    public let findings: [Finding]

    /// - Parameters:
    ///   - bars: oldest first, each possible and on the grid of the timeframe.
    ///   - calendar: of equities; nil where it is not known when their exchange is open.
    public init(
        of bars: CandleSeries, _ assetType: AssetType, _ timeframe: Timeframe, calendar: TradingCalendar?
    ) {
        let series = InspectedSeries(bars: bars, assetType: assetType, timeframe: timeframe, calendar: calendar)
        let slots = ExpectedBars(series)
        (expected, missing) = (slots.expected, slots.missingCount)
        var findings = Identity.findings(slots, in: series) + Coverage.findings(slots, in: series)
        findings += Gaps.findings(slots, in: series) + ExtraBars.findings(slots, in: series)
        findings += Jumps.findings(in: series) + StandingPrices.findings(in: series)
        findings += ZeroVolume.findings(in: series) + VolumeUnits.findings(in: series)
        findings += OpeningContinuity.findings(in: series)
        self.findings = findings
    }
}
