/// Returns from bar to bar of a run, and of the market beside it.
protocol Returns {
    var count: Int { get }
    /// Writes some of them, from the first cells on.
    func read(_ range: Range<Int>, own: MutableColumn<Double>, market: MutableColumn<Double>)
}

/// Of two equity curves above zero with one point more than there are returns. They are divided anew in every pass:
/// that takes less time than to keep columns of them, and no memory.
struct CurveReturns: Returns {
    let own: Column<Double>
    let market: Column<Double>
    let count: Int

    func read(_ range: Range<Int>, own: MutableColumn<Double>, market: MutableColumn<Double>) {
        Vectors.returns(self.own.counted(from: range.lowerBound), count: range.count, into: own)
        Vectors.returns(self.market.counted(from: range.lowerBound), count: range.count, into: market)
    }
}

/// Columns of them.
struct ListedReturns: Returns {
    let own: Column<Double>
    let market: Column<Double>
    let count: Int

    func read(_ range: Range<Int>, own: MutableColumn<Double>, market: MutableColumn<Double>) {
        own.copy(0..<range.count, of: self.own.counted(from: range.lowerBound))
        market.copy(0..<range.count, of: self.market.counted(from: range.lowerBound))
    }

    /// From each point of a curve to the next, one fewer than points; not-a-number where there was nothing left to
    /// lose.
    static func of(_ equity: [Double]) -> [Double] {
        zip(equity, equity.dropFirst()).map { $0 > 0 ? $1 / $0 - 1 : .nan }
    }
}
