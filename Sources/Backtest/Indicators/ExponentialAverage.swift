/// The first value is the mean of the first n prices; written as a step towards the price, flat prices stay flat.
struct ExponentialAverage: Recurrence {
    static let remembered = 1

    static let forms: PriceForms = [.prices, .tickSums]

    static func firstBar(period: Int) -> Int { period - 1 }

    static func memoryBars(period: Int) -> Int { 32 * period }

    static func windowBars(period: Int) -> Int { 0 }

    /// A step takes a rounding of the average and three of the way to the price, of which there is as much as the average
    /// moves. They fade like what they are made of: if prices of the past were at most e^36 times those that count now,
    /// they add up to at most 37 * (n + 1) / 2 steps.
    static func roundings(period: Int, isOnGrid: Bool) -> Int { 20 * (period + 20) }

    private let period: Int
    private let weight: Double
    /// Of each lane.
    private let averages: MutableColumn<Double>

    init(period: Int, memory: MutableColumn<Double>) {
        self.period = period
        weight = 2 / Double(period + 1)
        averages = memory
    }

    func start(_ lane: Int, at price: Double) { averages[lane] = price }

    func firstValue(_ window: PriceWindow) -> Double? {
        averages[0] = window.firstMean(of: period)
        return averages[0]
    }

    func fill(_ bars: Range<Int>, from window: PriceWindow, into values: MutableColumn<Double>) {
        let prices = window.prices
        var average = averages[0]
        for i in bars {
            average = average + weight * (prices[i] - average)
            values[i] = average
        }
        averages[0] = average
    }

    func fillLanes(from window: PriceWindow, into values: MutableColumn<Double>) {
        Vectors.averages(window.prices, bars: window.count, weight: weight, averages: averages, into: values)
    }
}
