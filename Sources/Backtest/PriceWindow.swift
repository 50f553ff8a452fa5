import Market
import Strategy

/// The forms of prices that indicators and conditions read; what nobody reads is not filled.
struct PriceForms: OptionSet {
    let rawValue: Int
    static let prices = PriceForms(rawValue: 1)
    static let levels = PriceForms(rawValue: 2)
    static let tickSums = PriceForms(rawValue: 4)
}

/// The prices of one source over one block of bars and a little before it. Of bar i of lane l the cell is i times the
/// lanes plus l; bars count from the block's first.
struct PriceWindow {
    /// What conditions compare and averages of prices see: the prices, or the decimals noisy ones stand for.
    let prices: Column<Double>
    /// What changes are taken between: ticks on a grid, else prices.
    let levels: Column<Double>
    /// Sums of the ticks of all bars before each; one more than bars. Sums of a window are differences of these: they
    /// stay below 2^53, so it would not even matter if these wrapped around.
    let tickSums: Column<Int64>
    let scale: TickScale?
    /// 1, or all eight.
    let lanes: Int
    /// The block's first bar among all, in the first lane, and how many bars there are in it.
    let begin: Int
    let count: Int

    /// What the mean of a window's ticks is divided by. Both factors are whole and the product is below 2^48.
    func divisor(of period: Int) -> Double { Double(period) * (scale?.ticksPerUnit ?? 1) }

    /// The exact mean of the first prices of all, rounded once; for the first block, in one lane.
    func firstMean(of period: Int) -> Double {
        if scale != nil { return Double(tickSums[period]) / divisor(of: period) }
        var sum = DoubleDouble()
        for k in 0..<period { sum.add(prices[k]) }
        return sum.divided(by: period)
    }
}
