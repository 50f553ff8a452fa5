/// A close whose log return is larger than a fixed bound (0.35 for a day of an equity, 0.30 for a day and 0.15 for an hour
/// of a coin) and than ten times the median of the last 60 absolute ones: a spike. Real ones happen, more so in thin
/// markets.
///
/// Logarithms are not taken: a log return is above a bound when its multiple, or that's inverse, is above the exponential.
enum Spikes {
    private static let medians = 10

    static func isOne(_ jump: Jump, after returns: RecentReturns, in series: InspectedSeries) -> Bool {
        let swing = max(jump.ratio, 1 / jump.ratio)
        guard swing > fixed(series) else { return false }
        let median = returns.median
        return swing > (0..<medians).reduce(1.0) { power, _ in power * median }
    }

    /// The exponentials of 0.35, 0.30 and 0.15.
    private static func fixed(_ series: InspectedSeries) -> Double {
        switch (series.assetType, series.timeframe) {
        case (.equity, _): 1.419_067_548_593_257_2
        case (.crypto, .day): 1.349_858_807_576_003_1
        case (.crypto, .hour): 1.161_834_242_728_283_1
        }
    }

    static func finding(of jump: Jump, in series: InspectedSeries) -> Finding {
        let time = series.bars.times[jump.index]
        return Finding(
            .spike, .info, from: time, to: time, count: 1,
            "The price moved by \(Words.change(jump.ratio)) in one bar, \(series.span(time, time)), far more than in the bars "
                + "before. If it was real, see how much of a result comes from this bar alone.")
    }

    static func bounded(_ findings: [Finding]) -> [Finding] {
        findings.bounded { others, _ in "\(others) more moves far larger than those before them." }
    }
}
