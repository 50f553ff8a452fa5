import Market
import SeededNumbers

/// A random walk in ticks of a cent that is the same on every machine.
enum MadeUpBars {
    /// - Parameter count: hours from 2014-01-01 on.
    static func hourly(count: Int, seed: UInt64 = 42) -> CandleSeries {
        var random = SplitMix(seed: seed)
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

extension SplitMix {
    /// A number from -bound to bound.
    fileprivate mutating func within(_ bound: Int) -> Int { Int(next() % UInt64(2 * bound + 1)) - bound }
}
