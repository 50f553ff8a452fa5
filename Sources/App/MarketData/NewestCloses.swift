import Market

/// The newest closes that a series has in common with the one that takes its place: they tell what a unit of the one is in
/// units of the other. Older ones tell what was adjusted long ago, and nothing of what anybody holds today.
struct NewestCloses {
    private static let maximum = 10
    /// Start of the last bar that counts: later ones were stored in the new units already.
    private let last: Int64
    /// Of the new close by the old one, oldest first.
    private var ratios: [Double] = []

    /// - Parameter last: start of the last bar that may be traded at, where there are later ones.
    init(upTo last: Int64? = nil) { self.last = last ?? .max }

    /// - Parameter bars: later than those before, as a series is replaced.
    mutating func add(_ bars: CandleSeries, over old: CandleSeries) {
        var found: [Double] = [], new = bars.count - 1, was = old.count - 1
        while found.count < Self.maximum, new >= 0, was >= 0 {
            let (time, oldTime) = (bars.times[new], old.times[was])
            if time == oldTime, time <= last { found.append(bars.close[new] / old.close[was]) }
            if time >= oldTime { new -= 1 }
            if oldTime >= time { was -= 1 }
        }
        ratios = (ratios + found.reversed()).suffix(Self.maximum)
    }

    /// By what ratio the newest of them that is far from what it was differs; nil where none is.
    func far(_ tolerance: CloseTolerance) -> Double? { ratios.last { ($0 - 1).magnitude > tolerance.far } }

    /// The one ratio that most of them have, as a split or a dividend leaves it; nil where there is none, or where the
    /// newest close is nearer to what it was. A close that was corrected at the same time is in nobody's way.
    func scale(_ tolerance: CloseTolerance) -> UnitScale? {
        guard let newest = ratios.last else { return nil }
        let middle = ratios.sorted()[ratios.count / 2]
        let same = ratios.filter { ($0 - middle).magnitude <= tolerance.same * middle }
        guard same.count >= ClosedRatios.fewest, same.count * 2 > ratios.count, (middle - 1).magnitude > tolerance.far,
            (newest - middle).magnitude < (newest - 1).magnitude, let lowest = same.min(), let highest = same.max()
        else { return nil }
        return UnitScale(between: 1 / highest, and: 1 / lowest)
    }
}
