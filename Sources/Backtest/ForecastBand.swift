/// Where the equity of a strategy may go, if the time to come is like the time it was tested on.
///
/// Stationary bootstrap of the returns a bar (Politis and Romano, "The Stationary Bootstrap", 1994): paths are put together
/// from blocks of the past, each begun anywhere, going on with the next bar, and ended with the same chance at every bar, so
/// that what follows upon what within a block stays together. At each bar the paths are sorted, and their 5th, 50th and 95th
/// hundredth are kept. It says nothing of a market that changes.
///
///     let band = ForecastBand(equity: report.equity, initialEquity: 10_000, bars: 252, meanBlock: 10)
///     band?.low[0]     // after one bar 5 of 100 paths are below this part of what they began with
public struct ForecastBand: Equatable, Sendable {
    /// Fewer returns say nothing.
    public static let minimumReturns = 60
    public static let paths = 1_000

    /// In units of the equity at the start; element 0 is after the first bar.
    public let low: [Double]
    public let middle: [Double]
    public let high: [Double]

    public init(low: [Double], middle: [Double], high: [Double]) {
        (self.low, self.middle, self.high) = (low, middle, high)
    }

    /// - Parameters:
    ///   - equity: after each bar of a backtest.
    ///   - bars: how far it looks.
    ///   - meanBlock: how many bars a block has on average (robustness.md: at least 10, and the average holding).
    /// - Returns: nil where too little has been tested, or the money was lost.
    public init?(equity: [Double], initialEquity: Double, bars: Int, meanBlock: Double, seed: UInt64 = 1) {
        var before = initialEquity
        var growth: [Double] = []
        growth.reserveCapacity(equity.count)
        for value in equity {
            guard before > 0, value > 0, value.isFinite else { return nil }
            growth.append(value / before)
            before = value
        }
        guard growth.count >= Self.minimumReturns, bars > 0 else { return nil }
        var random = SplitMix64(state: seed)
        let length = UInt64(growth.count)
        // Compared with 53 random bits: the chance that a block ends.
        let ends = UInt64(0x1p53 / max(1, meanBlock))
        var place = (0..<Self.paths).map { _ in Int(random.below(length)) }
        var value = [Double](repeating: 1, count: Self.paths)
        var (low, middle, high) = ([Double](), [Double](), [Double]())
        for _ in 0..<bars {
            for path in 0..<Self.paths {
                value[path] *= growth[place[path]]
                if random.next() >> 11 < ends {
                    place[path] = Int(random.below(length))
                } else {
                    place[path] = place[path] + 1 == growth.count ? 0 : place[path] + 1
                }
            }
            let sorted = value.sorted()
            low.append(sorted[Self.paths / 20])
            middle.append(sorted[Self.paths / 2])
            high.append(sorted[Self.paths - 1 - Self.paths / 20])
        }
        self.init(low: low, middle: middle, high: high)
    }

    /// How many of the equities lie within the band, of those that it reaches to.
    ///
    /// - Parameter equity: after each bar since the start, in units of the equity at the start; nil where it is not known.
    public func inside(_ equity: [Double?]) -> (inside: Int, of: Int) {
        var inside = 0, of = 0
        for (bar, value) in equity.prefix(low.count).enumerated() {
            guard let value else { continue }
            of += 1
            if value >= low[bar], value <= high[bar] { inside += 1 }
        }
        return (inside, of)
    }
}

/// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// 0 to `count` - 1; off by less than 2^-40 for any length that is met.
    mutating func below(_ count: UInt64) -> UInt64 { next().multipliedFullWidth(by: count).high }
}
