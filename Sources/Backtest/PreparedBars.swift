import Market

/// Bars that an engine can run on: sound, in order, with their decimal grid found.
///
/// Preparing reads every price a few times, so whoever runs often on the same bars keeps the prepared ones.
public struct PreparedBars: Sendable {
    /// All loaded bars, those for the warm-up included.
    public let series: CandleSeries
    /// nil: the prices lie on no grid, averages fall back to compensated sums.
    public let tickScale: TickScale?

    /// Throws the first bar that cannot stand in a series.
    public init(_ series: CandleSeries) throws(BarError) {
        self.series = series
        guard series.count >= BarSurvey.minimumBars else {
            if let (index, error) = series.firstError() { throw BarError(index: index, reason: error) }
            tickScale = TickScale.find(in: series)
            return
        }
        let (isSound, scale) = Self.survey(series)
        tickScale = scale
        // Only then it matters which bar it is.
        if !isSound, let (index, error) = series.firstError() { throw BarError(index: index, reason: error) }
    }

    private static func survey(_ series: CandleSeries) -> (isSound: Bool, TickScale?) {
        var found: (isSound: Bool, TickScale?) = (false, nil)
        do throws(BacktestRefusal) {
            try BarColumns.with(series) { bars throws(BacktestRefusal) in
                try series.volume.withColumn { volume throws(BacktestRefusal) in
                    var survey = BarSurvey(bars, volume: volume)
                    let scale = TickScale.find(in: series) { survey.look(at: $0, ticksPerUnit: $1) }
                    // Bars without a grid were not looked at to the end.
                    if survey.next < bars.count { _ = survey.look(at: survey.next..<bars.count, ticksPerUnit: 1) }
                    found = (survey.isSound, scale)
                }
            }
        } catch {
            preconditionFailure("nothing here is refused: \(error)")
        }
        return found
    }

    public var count: Int { series.count }
}
