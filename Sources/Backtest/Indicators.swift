import Market
import Strategy

/// One indicator, computed block by block in order; the state between blocks is all it remembers.
struct IndicatorStream {
    let indicator: Indicator
    /// The values of the block, not-a-number where there is none yet; memory of the table.
    let cells: UnsafeMutablePointer<Double>
    private let period: Int
    /// Of the EMA.
    private var value = 0.0
    /// Of the RSI: the averages of gains and of losses.
    private var averages = SIMD2<Double>()
    /// Of an SMA over prices without a grid: the sum of the period's prices but the oldest.
    private var sum = DoubleDouble()

    init(_ indicator: Indicator, cells: UnsafeMutablePointer<Double>) {
        self.indicator = indicator
        self.cells = cells
        period = indicator.period
    }

    /// The first bar of all that has a value.
    static func firstBar(of indicator: Indicator) -> Int {
        indicator.type == .rsi ? indicator.period : indicator.period - 1
    }

    /// Fills the cells for the bars the window shows. Periods are shorter than a block, so all first values are in the
    /// first.
    mutating func fill(from window: PriceWindow) {
        let first = Self.firstBar(of: indicator) - window.begin
        for i in 0..<max(0, min(first, window.count)) { cells[i] = .nan }
        let range = max(0, first)..<max(0, first, window.count)
        switch indicator.type {
        case .sma: window.hasTicks ? exactAverage(window, range) : compensatedAverage(window, range)
        case .ema: exponentialAverage(window, range)
        case .rsi: relativeStrength(window, range)
        }
    }

    /// The mean of the last n prices: exact integers and one division, so that equal averages are equal.
    private func exactAverage(_ window: PriceWindow, _ range: Range<Int>) {
        let divisor = Eight(repeating: window.divisor(of: period))
        let newest = window.tickSums + 1
        let oldest = window.tickSums - (period - 1)
        // Up to seven cells more than there are bars: the columns have room.
        for i in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
            cells.store(Eight(whole: newest.eight(at: i) &- oldest.eight(at: i)) / divisor, at: i)
        }
    }

    private mutating func compensatedAverage(_ window: PriceWindow, _ range: Range<Int>) {
        let prices = window.prices
        if window.begin == 0 { for k in 0..<min(period - 1, window.count) { sum.add(prices[k]) } }
        for i in range {
            sum.add(prices[i])
            cells[i] = sum.divided(by: period)
            sum.add(-window.price(before: i, by: period - 1))
        }
    }

    /// The first value is the mean of the first n prices; written as a step towards the price, flat prices stay flat.
    private mutating func exponentialAverage(_ window: PriceWindow, _ range: Range<Int>) {
        var range = range
        if window.begin == 0, !range.isEmpty {
            value = window.firstMean(of: period)
            cells[range.lowerBound] = value
            range.removeFirst()
        }
        let weight = 2 / Double(period + 1)
        let prices = window.prices
        for i in range {
            value = value + weight * (prices[i] - value)
            cells[i] = value
        }
    }

    /// Wilder's: averages of gains and losses, in ticks where there are ticks, first the plain means of n changes.
    private mutating func relativeStrength(_ window: PriceWindow, _ range: Range<Int>) {
        var range = range
        let levels = window.levels
        if window.begin == 0, !range.isEmpty {
            var gains = DoubleDouble()
            var losses = DoubleDouble()
            for i in 1...period {
                let change = levels[i] - levels[i - 1]
                if change > 0 { gains.add(change) } else { losses.add(-change) }
            }
            averages = SIMD2(gains.divided(by: period), losses.divided(by: period))
            cells[range.lowerBound] = Self.strength(averages)
            range.removeFirst()
        }
        let kept = Double(period - 1)
        let divisor = SIMD2(repeating: Double(period))
        var averages = averages
        for i in range {
            let change = levels[i] - levels[i - 1]
            averages = (averages * kept + SIMD2(change > 0 ? change : 0, change < 0 ? -change : 0)) / divisor
            cells[i] = Self.strength(averages)
        }
        self.averages = averages
    }

    @inline(__always)
    private static func strength(_ averages: SIMD2<Double>) -> Double {
        let gain = averages[0]
        let loss = averages[1]
        if loss == 0 { return gain == 0 ? 50 : 100 }
        return 100 - 100 / (1 + gain / loss)
    }
}
