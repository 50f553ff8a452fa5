/// A stretch of bars whose prices are about 100 times, or a hundredth of, those around it (within 20 %): pence among pounds.
/// It ends where the price jumps back; one that does not lasts until the last bar.
struct UnitErrors {
    private let series: InspectedSeries
    private var open: (index: Int, isUp: Bool)?
    private var findings: [Finding] = []

    init(_ series: InspectedSeries) { self.series = series }

    /// - Returns: whether the jump is one into or out of another unit.
    mutating func take(_ jump: Jump) -> Bool {
        let isUp: Bool
        switch jump.ratio {
        case 80...125: isUp = true
        case 0.008...0.0125: isUp = false
        default: return false
        }
        if let stretch = open, stretch.isUp != isUp {
            findings.append(finding(stretch.index, jump.index - 1, isUp: stretch.isUp))
            open = nil
        } else {
            if let stretch = open { findings.append(finding(stretch.index, jump.index - 1, isUp: stretch.isUp)) }
            open = (jump.index, isUp)
        }
        return true
    }

    /// All, when there are no more jumps.
    var finished: [Finding] {
        let last = open.map { [finding($0.index, series.count - 1, isUp: $0.isUp)] } ?? []
        return (findings + last).bounded { others, bars in
            "\(others) more stretches in another unit, \(series.amount(bars)) in all."
        }
    }

    private func finding(_ first: Int, _ last: Int, isUp: Bool) -> Finding {
        let from = series.bars.times[first], to = series.bars.times[last]
        return Finding(
            .unitError, .error, from: from, to: to, count: last - first + 1,
            "Prices \(series.span(from, to)) are \(isUp ? "about 100 times" : "about a hundredth of") those before: another unit, "
                + "such as pence among pounds. Import these bars again in the unit of the others.")
    }
}
