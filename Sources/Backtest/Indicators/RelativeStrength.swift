/// Wilder's: averages of gains and losses, in ticks where there are ticks, first the plain means of n changes.
///
/// Only their ratio counts, so what is kept of both is n times the average, and on a bar without a change neither fades: that
/// they would have done so equally is remembered in a factor until the next change. So the strength stands still, to the
/// bit, as long as the price does.
enum RelativeStrength: Recurrence {
    static let remembered = 3

    static let forms = PriceForms.levels

    static func firstBar(period: Int) -> Int { period }

    static func memoryBars(period: Int) -> Int { 64 * period }

    static func windowBars(period: Int) -> Int { 0 }

    /// A sum takes two roundings a bar and one in how fast it fades. What is old fades with them: if gains and losses of
    /// the past were at most e^25 times those that count now, the error of either is at most 3 * (25 + 1) * n units.
    static func roundings(period: Int, isOnGrid: Bool) -> Int { 80 * (period + 10) }

    /// What is left of a sum after a bar.
    private static func fading(_ period: Int) -> Double { Double(period - 1) / Double(period) }

    /// Sums of each lane, and what both fade by at the next change.
    private static func parts(
        _ memory: MutableColumn<Double>
    ) -> (gains: MutableColumn<Double>, losses: MutableColumn<Double>, factors: MutableColumn<Double>) {
        (memory, memory.counted(from: 8), memory.counted(from: 16))
    }

    /// Without gains and losses.
    static func start(_ lane: Int, at price: Double, period: Int, _ memory: MutableColumn<Double>) {
        let (gains, losses, factors) = parts(memory)
        (gains[lane], losses[lane], factors[lane]) = (0, 0, fading(period))
    }

    static func firstValue(_ window: PriceWindow, period: Int, _ memory: MutableColumn<Double>) -> Double? {
        var rises = DoubleDouble()
        var falls = DoubleDouble()
        for i in 1...period {
            let change = window.levels[i] - window.levels[i - 1]
            if change > 0 { rises.add(change) } else { falls.add(-change) }
        }
        let (gains, losses, factors) = parts(memory)
        (gains[0], losses[0], factors[0]) = (rises.divided(by: 1), falls.divided(by: 1), fading(period))
        return strength(SIMD2(gains[0], losses[0]))
    }

    static func fill(
        _ bars: Range<Int>, from window: PriceWindow, period: Int, _ memory: MutableColumn<Double>,
        into values: MutableColumn<Double>
    ) {
        let levels = window.levels, fading = fading(period)
        let (gains, losses, factors) = parts(memory)
        var sums = SIMD2(gains[0], losses[0])
        var factor = factors[0]
        for i in bars {
            // Without a branch: which way a price goes next is what no processor can guess. The sums, which times 1 and plus 0
            // stay as they are, wait for a product and a sum only.
            let change = levels[i] - levels[i - 1]
            let moves = SIMD2(change, -change)
            sums = sums * (change != 0 ? factor : 1) + SIMD2<Double>().replacing(with: moves, where: moves .> 0)
            factor = change != 0 ? fading : factor * fading
            values[i] = strength(sums)
        }
        (gains[0], losses[0], factors[0]) = (sums[0], sums[1], factor)
    }

    static func fillLanes(
        from window: PriceWindow, period: Int, _ memory: MutableColumn<Double>, into values: MutableColumn<Double>
    ) {
        let (gains, losses, factors) = parts(memory)
        Vectors.strengths(
            window.levels, bars: window.count, fading: fading(period), gains: gains, losses: losses, factors: factors,
            into: values)
    }

    @inline(__always)
    private static func strength(_ sums: SIMD2<Double>) -> Double {
        let both = sums[0] + sums[1]
        return both > 0 ? 100 * (sums[0] / both) : 50
    }
}
