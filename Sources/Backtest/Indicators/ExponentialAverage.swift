/// The first value is the mean of the first n prices; written as a step towards the price, flat prices stay flat.
enum ExponentialAverage: Recurrence {
    static let remembered = 1

    static let forms: PriceForms = [.prices, .tickSums]

    static func firstBar(period: Int) -> Int { period - 1 }

    static func memoryBars(period: Int) -> Int { 32 * period }

    static func windowBars(period: Int) -> Int { 0 }

    /// A step takes a rounding of the average and three of the way to the price, of which there is as much as the average
    /// moves. They fade like what they are made of: if prices of the past were at most e^36 times those that count now,
    /// they add up to at most 37 * (n + 1) / 2 steps.
    static func roundings(period: Int, isOnGrid: Bool) -> Int { 20 * (period + 20) }

    private static func weight(_ period: Int) -> Double { 2 / Double(period + 1) }

    static func start(_ lane: Int, at price: Double, period: Int, _ averages: MutableColumn<Double>) {
        averages[lane] = price
    }

    static func firstValue(_ window: PriceWindow, period: Int, _ averages: MutableColumn<Double>) -> Double? {
        averages[0] = window.firstMean(of: period)
        return averages[0]
    }

    static func fill(
        _ bars: Range<Int>, from window: PriceWindow, period: Int, _ averages: MutableColumn<Double>,
        into values: MutableColumn<Double>
    ) {
        let prices = window.prices, weight = weight(period)
        var average = averages[0]
        for i in bars {
            average = average + weight * (prices[i] - average)
            values[i] = average
        }
        averages[0] = average
    }

    static func fillLanes(
        from window: PriceWindow, period: Int, _ averages: MutableColumn<Double>, into values: MutableColumn<Double>
    ) {
        Vectors.averages(
            window.prices, bars: window.count, weight: weight(period), averages: averages, into: values)
    }
}
