/// The mean of the last n prices: on a grid exact integers and one division, so that equal averages are equal; else
/// compensated sums.
struct SimpleAverage: Recurrence {
    static let remembered = 2

    static let forms = PriceForms.tickSums

    static func firstBar(period: Int) -> Int { period - 1 }

    static func memoryBars(period: Int) -> Int { 0 }

    static func windowBars(period: Int) -> Int { period }

    /// A compensated sum is exact but for its last bits.
    static func roundings(period: Int, isOnGrid: Bool) -> Int { isOnGrid ? 0 : 4 }

    private let period: Int
    /// Over prices without a grid, which are in one lane: the sum of the period's prices but the oldest, in two parts.
    private let memory: MutableColumn<Double>

    init(period: Int, memory: MutableColumn<Double>) { (self.period, self.memory) = (period, memory) }

    func start(_ lane: Int, at price: Double) {}

    func firstValue(_ window: PriceWindow) -> Double? { nil }

    func fill(_ bars: Range<Int>, from window: PriceWindow, into values: MutableColumn<Double>) {
        window.scale == nil ? compensated(bars, window, values) : exact(bars, window, values)
    }

    func fillLanes(from window: PriceWindow, into values: MutableColumn<Double>) {
        exact(0..<window.count, window, values)
    }

    private func exact(_ bars: Range<Int>, _ window: PriceWindow, _ values: MutableColumn<Double>) {
        guard !bars.isEmpty else { return }
        let lanes = window.lanes
        let newest = window.tickSums.counted(from: (bars.lowerBound + 1) * lanes)
        Vectors.means(
            newest: newest, oldest: newest.counted(from: -period * lanes), count: bars.count * lanes,
            divisor: window.divisor(of: period), into: values.counted(from: bars.lowerBound * lanes))
    }

    private func compensated(_ bars: Range<Int>, _ window: PriceWindow, _ values: MutableColumn<Double>) {
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
