import Market

/// A price of an equity that stands at n:1 or 1:n of the one before (n 2, 3, 3/2, 4, 5, 7, 10, 20) from one session to the
/// next: its open within 3 % of that, and its close, after a day of trading, within 10 %. It looks like a split that the
/// prices are not adjusted for; without one nobody lost or won anything. Some true falls are as large, so it is a suspicion:
/// AAPL fell by 52 % on 2000-09-29, and opened where no split would have put it. Where the number of shares that changed hands
/// jumped by about n, too, it is none any more: after a true fall it is many times as large, whatever n is.
enum SplitSuspects {
    private static let multiples: [(ratio: Double, words: String)] = [
        (2, "2:1"), (3, "3:1"), (1.5, "3:2"), (4, "4:1"), (5, "5:1"), (7, "7:1"), (10, "10:1"), (20, "20:1"),
    ]

    static func finding(of jump: Jump, in series: InspectedSeries) -> Finding? {
        guard series.assetType == .equity else { return nil }
        let isReverse = jump.openRatio > 1
        let match = multiples.first { multiple in
            let level = isReverse ? multiple.ratio : 1 / multiple.ratio
            return (jump.openRatio / level - 1).magnitude <= 0.03 && (jump.ratio / level - 1).magnitude <= 0.10
        }
        guard let match else { return nil }
        let time = series.bars.times[jump.index]
        let isConfirmed = isConfirmed(
            by: isReverse ? 1 / match.ratio : match.ratio, at: jump.index, in: series.bars.volume)
        return Finding(
            .splitSuspect, isConfirmed ? Finding.unadjustedSplit.severity : .warning, from: time, to: time, count: 1,
            "The price opened at \(Words.change(jump.openRatio)) and stayed there, \(series.span(time, time)): it looks like a "
                + "\(isReverse ? "reverse " : "")split of \(match.words)"
                + (isConfirmed
                    ? ", and the volume moved as it does then. Import prices that are adjusted for splits"
                    : ". If it was one, import prices that are adjusted for splits")
                + "; as they are, every result across that day is wrong."
        )
    }

    /// Sessions whose volume is the usual one.
    private static let usual = 20

    /// Whether the volume stands nearer at a multiple of the usual one than at that one itself, or at the multiple's square.
    private static func isConfirmed(by multiple: Double, at index: Int, in volume: [Double]) -> Bool {
        let before = volume[max(0, index - usual)..<index].filter { $0 > 0 }.sorted()
        guard !before.isEmpty, volume[index] > 0 else { return false }
        let ratio = volume[index] / before[before.count / 2] / multiple
        return max(ratio, 1 / ratio) <= max(multiple, 1 / multiple).squareRoot()
    }

    static func bounded(_ findings: [Finding]) -> [Finding] {
        findings.bounded { others, _ in "\(others) more moves that look like splits." }
    }
}

extension Finding {
    /// How a split is found that the bars before it were not restated for: the volume moved, too.
    public static let unadjustedSplit: (check: Check, severity: Severity) = (.splitSuspect, .error)
}

extension Inspection {
    /// Where the last bar starts before the first such split among new bars; nil where there is none.
    ///
    /// - Parameters:
    ///   - bars: oldest first; with what was there for a month before the new ones.
    ///   - last: start of the last bar that is not new.
    public static func lastBarBeforeSplit(
        in bars: CandleSeries, _ assetType: AssetType, _ timeframe: Timeframe, after last: Int64
    ) -> Int64? {
        let series = InspectedSeries(bars: bars, assetType: assetType, timeframe: timeframe, calendar: nil)
        let split = Jumps.findings(in: series).first { finding in
            (finding.check, finding.severity) == Finding.unadjustedSplit && finding.from > last
        }
        return split.flatMap { split in bars.times.last { $0 < split.from } }
    }
}
