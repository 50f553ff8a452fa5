/// Wilder's: averages of gains and losses, in ticks where there are ticks, first the plain means of n changes.
struct RelativeStrength: Recurrence {
    static let forms = PriceForms.levels

    static func firstBar(period: Int) -> Int { period }

    static func memoryBars(period: Int) -> Int { 64 * period }

    private let period: Int
    /// Of each lane.
    private var gains = Eight()
    private var losses = Eight()

    init(period: Int) { self.period = period }

    /// Without gains and losses.
    mutating func start(_ lane: Int, at price: Double) { set(lane, SIMD2()) }

    mutating func firstValue(_ lane: Int, _ window: PriceWindow) -> Double? {
        var gains = DoubleDouble()
        var losses = DoubleDouble()
        for i in 1...period {
            let change = window.levels[i] - window.levels[i - 1]
            if change > 0 { gains.add(change) } else { losses.add(-change) }
        }
        let averages = SIMD2(gains.divided(by: period), losses.divided(by: period))
        set(lane, averages)
        return Self.strength(averages)
    }

    mutating func fill(
        _ lane: Int, _ bars: Range<Int>, from window: PriceWindow, into values: MutableColumn<Double>
    ) {
        let kept = SIMD2(repeating: Double(period - 1))
        let divisor = SIMD2(repeating: Double(period))
        let levels = window.levels
        var averages = SIMD2(gains[lane], losses[lane])
        for i in bars {
            // Without a branch: which way a price goes next is what no processor can guess.
            let change = levels[i] - levels[i - 1]
            let moves = SIMD2(change, -change)
            averages = (averages * kept + SIMD2<Double>().replacing(with: moves, where: moves .> 0)) / divisor
            values[i] = Self.strength(averages)
        }
        set(lane, averages)
    }

    mutating func fill(_ bars: Range<Int>, from prices: PriceLanes, into values: LaneColumns<Double>) {
        Vectors.strengths(prices.levels, bars, period: period, gains: &gains, losses: &losses, into: values)
    }

    func memory(_ lane: Int) -> Eight { Eight(gains[lane], losses[lane], 0, 0, 0, 0, 0, 0) }

    private mutating func set(_ lane: Int, _ averages: SIMD2<Double>) {
        gains[lane] = averages[0]
        losses[lane] = averages[1]
    }

    @inline(__always)
    private static func strength(_ averages: SIMD2<Double>) -> Double {
        let gain = averages[0]
        let loss = averages[1]
        if loss == 0 { return gain == 0 ? 50 : 100 }
        return 100 - 100 / (1 + gain / loss)
    }
}
