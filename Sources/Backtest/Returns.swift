/// Returns from bar to bar of a run, and of the market beside it.
struct Returns {
    private let own: Column<Double>
    private let market: Column<Double>
    let count: Int
    /// The columns are equity curves above zero with one point more than there are returns. They are divided anew in every
    /// pass: that takes less time than to keep columns of them, and no memory.
    private let areCurves: Bool

    /// - Parameter count: of the returns, one fewer than points.
    init(ofCurves own: Column<Double>, _ market: Column<Double>, count: Int) {
        (self.own, self.market, self.count, areCurves) = (own, market, count, true)
    }

    init(listed own: Column<Double>, _ market: Column<Double>, count: Int) {
        (self.own, self.market, self.count, areCurves) = (own, market, count, false)
    }

    /// From each point of a curve to the next, one fewer than points; not-a-number where there was nothing left to
    /// lose.
    static func list(of equity: [Double]) -> [Double] {
        zip(equity, equity.dropFirst()).map { $0 > 0 ? $1 / $0 - 1 : .nan }
    }

    subscript(i: Int) -> (own: Double, market: Double) {
        areCurves ? (own[i + 1] / own[i] - 1, market[i + 1] / market[i] - 1) : (own[i], market[i])
    }

    /// Adds some of them to the sums, and says of curves what the points behind them are at least and at most.
    func add(_ range: Range<Int>, to sums: inout PlainSums) -> CurveExtremes {
        Vectors.add(
            own.counted(from: range.lowerBound), market.counted(from: range.lowerBound), areCurves: areCurves,
            count: range.count, to: &sums)
    }

    /// Adds the powers of what some of them deviate by from their mean, and from a line through both.
    func add(
        _ range: Range<Int>, mean: Double, line: (slope: Double, intercept: Double)?, to powers: inout DeviationPowers
    ) {
        Vectors.add(
            own.counted(from: range.lowerBound), market.counted(from: range.lowerBound), areCurves: areCurves,
            count: range.count, mean: mean, line: line, to: &powers)
    }
}

/// Eight sums each of returns and their products, in the order in which the kernel adds to them.
struct PlainSums {
    /// Of the run, and so the squares and the losing squares.
    var returns = Eight()
    var squares = Eight()
    var losingSquares = Eight()
    var market = Eight()
    var marketSquares = Eight()
    /// Of run and market.
    var products = Eight()
}

/// The least and the most that some points of two curves are, in the order in which the kernel tells them. What is not a
/// number is neither.
struct CurveExtremes {
    private var ownLeast = 0.0
    private var ownMost = 0.0
    private var marketLeast = 0.0
    private var marketMost = 0.0

    var own: (least: Double, most: Double) { (ownLeast, ownMost) }
    var market: (least: Double, most: Double) { (marketLeast, marketMost) }
}

/// Sums of the powers of deviations, in the order in which the kernel adds to them.
struct DeviationPowers {
    /// From the mean.
    var own = PowerSums()
    /// From the line.
    var residual = PowerSums()
}

struct PowerSums {
    private var firsts = Eight()
    private var seconds = Eight()
    private var thirds = Eight()
    private var fourths = Eight()

    var first: Double { firsts.sum() }
    var second: Double { seconds.sum() }
    var third: Double { thirds.sum() }
    var fourth: Double { fourths.sum() }
}
