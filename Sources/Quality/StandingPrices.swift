/// Five or more bars in a row with the same open, high, low and close: prices that the source filled in, or an instrument
/// that did not trade. Indicators stand still, and orders fill at a price nobody offered.
enum StandingPrices {
    private static let fewest = 5

    static func findings(in series: InspectedSeries) -> [Finding] {
        let bars = series.bars
        var findings: [Finding] = [], first = 0
        for index in 1..<max(1, series.count + 1) where series.count > 0 {
            let isSame =
                index < series.count && bars.open[index] == bars.open[first] && bars.high[index] == bars.high[first]
                && bars.low[index] == bars.low[first] && bars.close[index] == bars.close[first]
            guard !isSame else { continue }
            if index - first >= fewest { findings.append(finding(first, index - 1, series)) }
            first = index
        }
        return findings.bounded { others, count in
            "\(others) more stretches with the same prices in every bar, \(series.amount(count)) in all."
        }
    }

    private static func finding(_ first: Int, _ last: Int, _ series: InspectedSeries) -> Finding {
        let from = series.bars.times[first], to = series.bars.times[last]
        let isQuiet = series.bars.volume[first...last].allSatisfy { $0 == 0 }
        let cause =
            isQuiet ? "without any volume the source filled them in" : "the source repeats itself, or nobody traded"
        return Finding(
            .stale, .warning, from: from, to: to, count: last - first + 1,
            "The same prices in \(series.amount(last - first + 1)), \(series.span(from, to)): \(cause). Do not trust fills in "
                + "there.")
    }
}
