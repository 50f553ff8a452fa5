import Market
import Strategy

/// One source of prices, in the two forms indicators compute from.
struct PriceColumn {
    /// Prices in the order of the bars; on a grid, each the double nearest to its ticks.
    let prices: UnsafePointer<Double>
    /// Sums of the ticks before each bar, one more than bars; nil when the prices lie on no grid. Sums of a window are
    /// differences of these: they stay below 2^53, so it would not even matter if these wrapped around.
    let tickSums: UnsafePointer<Int64>?
    let ticksPerUnit: Double
    let count: Int

    /// The exact mean of `period` prices up to this bar, rounded once.
    func mean(of period: Int, upTo i: Int, divisor: Double) -> Double {
        guard let tickSums else {
            var sum = DoubleDouble()
            for k in (i + 1 - period)...i { sum.add(prices[k]) }
            return sum.divided(by: period)
        }
        return Double(tickSums[i + 1] &- tickSums[i + 1 - period]) / divisor
    }

    /// What the mean of a window's ticks is divided by. Both factors are whole and the product is below 2^53.
    func divisor(of period: Int) -> Double { Double(period) * ticksPerUnit }
}

/// Fills one column with the values of one indicator, bar by bar; not-a-number where there is none yet.
enum Indicators {
    static func fill(
        _ output: UnsafeMutablePointer<Double>, with indicator: Indicator, of column: PriceColumn,
        checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        switch indicator.type {
        case .sma: try simpleAverage(output, column, indicator.period, checkpoint)
        case .ema: try exponentialAverage(output, column, indicator.period, checkpoint)
        case .rsi: try relativeStrength(output, column, indicator.period, checkpoint)
        }
    }

    /// The mean of the last n prices: exact integers and one division, so that equal averages are equal.
    private static func simpleAverage(
        _ output: UnsafeMutablePointer<Double>, _ column: PriceColumn, _ period: Int, _ checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        let first = period - 1
        missing(output, upTo: first, of: column.count)
        guard column.count > first else { return }
        let divisor = column.divisor(of: period)
        var sum = DoubleDouble()
        for k in 0..<first { sum.add(column.prices[k]) }
        for start in stride(from: first, to: column.count, by: checkpointBars) {
            try checkpoint()
            let end = min(start + checkpointBars, column.count)
            if let tickSums = column.tickSums {
                for i in start..<end { output[i] = Double(tickSums[i + 1] &- tickSums[i - first]) / divisor }
            } else {
                for i in start..<end {
                    sum.add(column.prices[i])
                    output[i] = sum.divided(by: period)
                    sum.add(-column.prices[i - first])
                }
            }
        }
    }

    /// The first value is the mean of the first n prices; written as a step towards the price, flat prices stay flat.
    private static func exponentialAverage(
        _ output: UnsafeMutablePointer<Double>, _ column: PriceColumn, _ period: Int, _ checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        let first = period - 1
        missing(output, upTo: first, of: column.count)
        guard column.count > first else { return }
        var value = column.mean(of: period, upTo: first, divisor: column.divisor(of: period))
        output[first] = value
        let weight = 2 / Double(period + 1)
        for start in stride(from: period, to: column.count, by: checkpointBars) {
            try checkpoint()
            for i in start..<min(start + checkpointBars, column.count) {
                value = value + weight * (column.prices[i] - value)
                output[i] = value
            }
        }
    }

    /// Wilder's: averages of gains and losses, in ticks where there are ticks, first the plain means of n changes.
    private static func relativeStrength(
        _ output: UnsafeMutablePointer<Double>, _ column: PriceColumn, _ period: Int, _ checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        missing(output, upTo: period, of: column.count)
        guard column.count > period else { return }
        func change(_ i: Int) -> Double {
            guard let sums = column.tickSums else { return column.prices[i] - column.prices[i - 1] }
            return Double((sums[i + 1] &- sums[i]) &- (sums[i] &- sums[i - 1]))
        }
        var gains = DoubleDouble()
        var losses = DoubleDouble()
        for i in 1...period {
            let change = change(i)
            if change > 0 { gains.add(change) } else { losses.add(-change) }
        }
        var gain = gains.divided(by: period)
        var loss = losses.divided(by: period)
        output[period] = strength(gain, loss)
        let kept = Double(period - 1)
        let divisor = Double(period)
        for start in stride(from: period + 1, to: column.count, by: checkpointBars) {
            try checkpoint()
            for i in start..<min(start + checkpointBars, column.count) {
                let change = change(i)
                gain = (gain * kept + (change > 0 ? change : 0)) / divisor
                loss = (loss * kept + (change < 0 ? -change : 0)) / divisor
                output[i] = strength(gain, loss)
            }
        }
    }

    private static func strength(_ gain: Double, _ loss: Double) -> Double {
        if loss == 0 { return gain == 0 ? 50 : 100 }
        return 100 - 100 / (1 + gain / loss)
    }

    private static func missing(_ output: UnsafeMutablePointer<Double>, upTo first: Int, of count: Int) {
        for i in 0..<min(first, count) { output[i] = .nan }
    }
}
