import Glibc
import Market
import SeededNumbers

/// The same numbers on every machine.
struct Seeded {
    private var numbers: SplitMix
    private var spare: Double?

    /// One stream of its own for every run of every simulation.
    init(_ simulation: UInt64, _ run: Int) {
        numbers = SplitMix(seed: simulation << 32 | UInt64(run))
        // Neighbours in number are not to be neighbours in state.
        numbers = SplitMix(seed: numbers.next())
    }

    /// From 0 up to but not including 1.
    mutating func unit() -> Double { Double(numbers.next() >> 11) * 0x1p-53 }

    /// Standard normal (Box and Muller).
    mutating func normal() -> Double {
        if let number = spare {
            spare = nil
            return number
        }
        let radius = (-2 * log(1 - unit())).squareRoot(), angle = 2 * Double.pi * unit()
        spare = radius * sin(angle)
        return radius * cos(angle)
    }
}

/// Ten years of days of a price whose returns are independent: nothing in its past tells its future.
enum Walk {
    static let days = 2_520
    /// 16 % a year: with a drift of 10 %, what the large American index has been like.
    static let dailySpread = 0.16 / 252.0.squareRoot()
    /// Steps within a day, from which its high and low come.
    private static let steps = 8

    /// - Parameters:
    ///   - annualDrift: of the mean return, 0.1 for 10 %.
    ///   - edge: what a day's return gets on top, in daily spreads; nil: nothing.
    static func bars(_ random: inout Seeded, annualDrift: Double, edge: ((_ day: Int) -> Double)? = nil) -> CandleSeries
    {
        var series = CandleSeries()
        // High enough that a cent, the tick, is nothing.
        var price = 1_000.0
        for day in 0..<days {
            let mean = annualDrift / 252 + (edge?(day) ?? 0) * dailySpread
            let open = cents(price)
            var high = open, low = open
            for _ in 0..<steps {
                price *= 1 + mean / Double(steps) + dailySpread / Double(steps).squareRoot() * random.normal()
                price = max(price, 1)
                high = max(high, cents(price))
                low = min(low, cents(price))
            }
            series.append(
                time: Int64(16_000 + day) * Timeframe.day.microseconds, open: open, high: high, low: low,
                close: cents(price), volume: 1)
        }
        return series
    }

    private static func cents(_ price: Double) -> Double { (price * 100).rounded() / 100 }
}
