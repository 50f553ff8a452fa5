/// The share of the expected bars that are there. Below 98 % results miss moves that happened; below 90 % they are of
/// another market than the one that was traded (thresholds are ours).
enum Coverage {
    static func findings(_ expected: ExpectedBars, in series: InspectedSeries) -> [Finding] {
        unknown(in: series) + poor(expected, in: series)
    }

    /// Without a calendar nobody can say that a series is whole.
    private static func unknown(in series: InspectedSeries) -> [Finding] {
        guard series.assetType == .equity, series.calendar == nil, let first = series.bars.times.first,
            let last = series.bars.times.last, first < last
        else { return [] }
        return [
            Finding(
                .coverage, .info, from: first, to: last, count: series.count,
                "No calendar of the exchange it is listed at is known here, only New York's: gaps of up to "
                    + "\(series.longestGap) weekdays are not told, nor bars on closed days.")
        ]
    }

    private static func poor(_ expected: ExpectedBars, in series: InspectedSeries) -> [Finding] {
        let missing = expected.missingCount, present = expected.expected - missing
        guard present * 100 < expected.expected * 98, let first = expected.missing.first,
            let last = expected.missing.last
        else { return [] }
        let share = Words.percent(Double(present) / Double(expected.expected))
        let isPoor = present * 100 < expected.expected * 90
        return [
            Finding(
                .coverage, isPoor ? .error : .warning, from: first.from, to: last.to, count: missing,
                "Only \(share) of the bars are there: \(series.amount(missing)) of \(expected.expected) are missing. "
                    + (isPoor
                        ? "Import the series from a source that has them before you trust any result."
                        : "Choose a range without the gaps, or import the missing bars."))
        ]
    }
}
