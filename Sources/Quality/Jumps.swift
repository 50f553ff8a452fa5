import Market

/// A bar whose close is far from the one before.
struct Jump {
    /// Of the bar.
    let index: Int
    /// Its close over the close before.
    let ratio: Double
    /// Its open over the close before.
    let openRatio: Double
    /// The close of the bar after it over the close before it; nil for the last bar.
    let nextRatio: Double?
}

/// What far moves of the price may be: each is one thing, the first of these that fits: a stretch in another unit, a bad
/// tick, a split, or a true spike.
enum Jumps {
    /// Nothing below is worth a look: the smallest move that any of the checks is about.
    private static let smallest = 1.15

    static func findings(in series: InspectedSeries) -> [Finding] {
        let bars = series.bars
        guard series.count > 0 else { return [] }
        var units = UnitErrors(series), ticks = BadTicks(series), splits: [Finding] = [], spikes: [Finding] = []
        var returns = RecentReturns()
        /// The bar in which the price comes back from a bad tick: no jump of its own.
        var isReturn = false
        if let finding = ticks.outlier(at: 0) { ticks.findings.append(finding) }
        for index in 1..<max(1, series.count) {
            let outlier = ticks.outlier(at: index)
            defer { if let outlier { ticks.findings.append(outlier) } }
            guard series.follows(index) else {
                (returns, isReturn) = (RecentReturns(), false)
                continue
            }
            let before = bars.close[index - 1], ratio = bars.close[index] / before
            defer { returns.add(ratio) }
            guard !isReturn else {
                isReturn = false
                continue
            }
            guard max(ratio, 1 / ratio) > smallest else { continue }
            let jump = Jump(
                index: index, ratio: ratio, openRatio: bars.open[index] / before,
                nextRatio: index + 1 < series.count ? bars.close[index + 1] / before : nil)
            if units.take(jump) { continue }
            let isSpike = Spikes.isOne(jump, after: returns, in: series)
            if isSpike, BadTicks.comesBack(jump) {
                isReturn = true
                if outlier == nil { ticks.findings.append(ticks.finding(of: jump)) }
            } else if let split = SplitSuspects.finding(of: jump, in: series) {
                splits.append(split)
            } else if isSpike {
                spikes.append(Spikes.finding(of: jump, in: series))
            }
        }
        return units.finished + ticks.bounded + SplitSuspects.bounded(splits) + Spikes.bounded(spikes)
    }
}

/// The last 60 moves of a close, as multiples of the one before or the other way round: 1 and above.
struct RecentReturns {
    private static let length = 60
    private var swings: [Double] = []
    private var next = 0

    mutating func add(_ ratio: Double) {
        let swing = max(ratio, 1 / ratio)
        if swings.count < Self.length { swings.append(swing) } else { swings[next] = swing }
        next = (next + 1) % Self.length
    }

    /// The multiple whose logarithm is the median of the absolute log returns; 1 when there is none yet.
    var median: Double {
        guard !swings.isEmpty else { return 1 }
        let sorted = swings.sorted(), middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] * sorted[middle]).squareRoot()
    }
}
