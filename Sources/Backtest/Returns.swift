internal import CVectors

/// Returns from bar to bar of a run, and of the market beside it.
protocol Returns {
    var count: Int { get }
    /// Writes some of them, and up to seven cells more.
    func read(_ range: Range<Int>, own: UnsafeMutablePointer<Double>, market: UnsafeMutablePointer<Double>)
}

/// Of two equity curves above zero with one point more than there are returns. They are divided anew in every pass:
/// that takes less time than to keep columns of them, and no memory.
struct CurveReturns: Returns {
    let own: UnsafePointer<Double>
    let market: UnsafePointer<Double>
    let count: Int

    func read(_ range: Range<Int>, own: UnsafeMutablePointer<Double>, market: UnsafeMutablePointer<Double>) {
        vectors_returns(Processor.vectorLevel, self.own + range.lowerBound, Int64(range.count), own)
        vectors_returns(Processor.vectorLevel, self.market + range.lowerBound, Int64(range.count), market)
    }
}

/// Columns of them.
struct ListedReturns: Returns {
    let own: UnsafePointer<Double>
    let market: UnsafePointer<Double>
    let count: Int

    func read(_ range: Range<Int>, own: UnsafeMutablePointer<Double>, market: UnsafeMutablePointer<Double>) {
        own.update(from: self.own + range.lowerBound, count: range.count)
        market.update(from: self.market + range.lowerBound, count: range.count)
    }

    /// From each point of a curve to the next, one fewer than points; not-a-number where there was nothing left to
    /// lose.
    static func of(_ equity: UnsafeBufferPointer<Double>) -> [Double] {
        equity.indices.dropLast().map { equity[$0] > 0 ? equity[$0 + 1] / equity[$0] - 1 : .nan }
    }
}
