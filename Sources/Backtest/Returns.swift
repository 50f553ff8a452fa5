/// Returns from bar to bar of a run, and of the market beside it.
struct Returns {
    private let own: Column<Double>
    private let market: Column<Double>
    let count: Int
    /// What they are made from when they are looked at; nil: they are there.
    private let curves: Curves?

    init(_ own: Column<Double>, _ market: Column<Double>, count: Int) {
        (self.own, self.market, self.count, curves) = (own, market, count, nil)
    }

    /// There as far as ``look(at:_:_:)`` has gone. To divide them twice would take longer than to keep them.
    init(of curves: Curves) {
        (own, market, count) = (curves.ownReturns.reading, curves.marketReturns.reading, curves.count - 1)
        self.curves = curves
    }

    /// From each point of a curve to the next, one fewer than points; not-a-number where there was nothing left to
    /// lose.
    static func list(of equity: [Double]) -> [Double] {
        zip(equity, equity.dropFirst()).map { $0 > 0 ? $1 / $0 - 1 : .nan }
    }

    /// One that is there.
    subscript(i: Int) -> (own: Double, market: Double) { (own[i], market[i]) }

    /// Adds some of them to the sums, at most ``Curves/maximum``, the first time and in order.
    ///
    /// - Parameter looked: called with the points behind them, if they are those of curves.
    func look(at range: Range<Int>, _ sums: inout PlainSums, _ looked: (Curves.Part) -> Void) {
        if let curves {
            looked(curves.divide(range, &sums))
        } else {
            Vectors.add(
                own.counted(from: range.lowerBound), market.counted(from: range.lowerBound), count: range.count,
                limit: count - range.lowerBound, to: &sums)
        }
    }

    /// Adds the powers of what some of them, which are there, deviate by from their mean, and from a line through both.
    func add(
        _ range: Range<Int>, mean: Double, line: (slope: Double, intercept: Double)?, to powers: inout DeviationPowers
    ) {
        Vectors.add(
            own.counted(from: range.lowerBound), market.counted(from: range.lowerBound), count: range.count, mean: mean,
            line: line, to: &powers)
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
