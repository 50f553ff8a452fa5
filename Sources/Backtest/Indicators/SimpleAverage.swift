/// The mean of the last n prices: on a grid exact integers and one division, so that equal averages are equal; else
/// compensated sums.
enum SimpleAverage: Recurrence {
    static let remembered = 2

    static let forms = PriceForms.tickSums

    static func firstBar(period: Int) -> Int { period - 1 }

    static func memoryBars(period: Int) -> Int { 0 }

    static func windowBars(period: Int) -> Int { period }

    /// A compensated sum is exact but for its last bits.
    static func roundings(period: Int, isOnGrid: Bool) -> Int { isOnGrid ? 0 : 4 }

    static func start(_ lane: Int, at price: Double, period: Int, _ memory: MutableColumn<Double>) {}

    static func firstValue(_ window: PriceWindow, period: Int, _ memory: MutableColumn<Double>) -> Double? { nil }

    static func fill(
        _ bars: Range<Int>, from window: PriceWindow, period: Int, _ memory: MutableColumn<Double>,
        into values: MutableColumn<Double>
    ) {
        window.scale == nil
            ? compensated(bars, window, period, memory, values) : exact(bars, window, period, values)
    }

    static func fillLanes(
        from window: PriceWindow, period: Int, _ memory: MutableColumn<Double>, into values: MutableColumn<Double>
    ) {
        exact(0..<window.count, window, period, values)
    }

    private static func exact(
        _ bars: Range<Int>, _ window: PriceWindow, _ period: Int, _ values: MutableColumn<Double>
    ) {
        guard !bars.isEmpty else { return }
        let lanes = window.lanes
        let newest = window.tickSums.counted(from: (bars.lowerBound + 1) * lanes)
        Vectors.means(
            newest: newest, oldest: newest.counted(from: -period * lanes), count: bars.count * lanes,
            divisor: window.divisor(of: period), into: values.counted(from: bars.lowerBound * lanes))
    }

    /// What is remembered is the sum of the period's prices but the oldest, in two parts.
    private static func compensated(
        _ bars: Range<Int>, _ window: PriceWindow, _ period: Int, _ memory: MutableColumn<Double>,
        _ values: MutableColumn<Double>
    ) {
        let prices = window.prices
        var sum = DoubleDouble(high: memory[0], low: memory[8])
        if window.begin == 0 { for k in 0..<min(period - 1, window.count) { sum.add(prices[k]) } }
        for i in bars {
            sum.add(prices[i])
            values[i] = sum.divided(by: period)
            sum.add(-prices[i - (period - 1)])
        }
        (memory[0], memory[8]) = (sum.high, sum.low)
    }
}
