import Market

/// A random walk in ticks of a cent that is the same on every machine.
enum MadeUpBars {
    /// - Parameter count: hours from 2014-01-01 on.
    static func hourly(count: Int, seed: UInt64 = 42) -> CandleSeries {
        var random = SplitMix64(state: seed)
        var series = CandleSeries()
        series.reserveCapacity(count)
        let middle = 500_000
        var close = middle
        for hour in 0..<count {
            let open = max(10_000, close + random.within(200))
            // Up for a week and down for a week: averages cross, and stops and targets are hit. A weak pull to the
            // middle keeps a million bars near it.
            let drift = (hour / 168 % 2 == 0 ? 60 : -60) - (close - middle) / 5_000
            close = max(10_000, open + drift + random.within(3_000))
            let high = max(open, close) + abs(random.within(900))
            let low = max(5_000, min(open, close) - abs(random.within(900)))
            series.append(
                time: 1_388_534_400_000_000 + Int64(hour) * Timeframe.hour.microseconds, open: Double(open) / 100,
                high: Double(high) / 100, low: Double(low) / 100, close: Double(close) / 100,
                volume: Double(abs(random.within(1_000_000))) / 1_000)
        }
        return series
    }
}

private struct SplitMix64 {
    var state: UInt64

    /// A number from -bound to bound.
    mutating func within(_ bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        z ^= z >> 31
        return Int(z % UInt64(2 * bound + 1)) - bound
    }
}
