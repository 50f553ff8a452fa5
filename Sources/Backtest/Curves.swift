/// A run's points and the benchmark's beside them, and the returns from each to the next, which are made once and kept. Of
/// the benchmark's points nobody keeps more than a few.
struct Curves {
    private let own: Column<Double>
    /// nil: the run stands for the market, too.
    private let benchmark: Benchmark?
    /// Of all loaded bars.
    private let close: Column<Double>
    /// Points.
    let count: Int
    /// Of the benchmark, those of some returns at a time.
    private let points: MutableColumn<Double>
    let ownReturns: MutableColumn<Double>
    let marketReturns: MutableColumn<Double>

    /// Returns made at a time, at most: their points stay in the nearest cache. Whole eights.
    static let maximum = 512
    /// Their points, and some more that are written without being asked for.
    private static let pointCells = maximum + 32

    /// - Parameter arena: with ``cells(count:)`` to spare.
    init(
        _ own: Column<Double>, _ benchmark: Benchmark?, close: Column<Double>, count: Int, in arena: inout ColumnArena
    ) {
        (self.own, self.benchmark, self.close, self.count) = (own, benchmark, close, count)
        points = arena.column(count: Self.pointCells)
        ownReturns = arena.column(count: count)
        marketReturns = arena.column(count: count)
    }

    /// How many cells of an arena are taken by curves of so many points.
    static func cells(count: Int) -> Int {
        ColumnArena.cells(count: pointCells) + 2 * ColumnArena.cells(count: count)
    }

    /// Some points of both, which are there until others are looked at.
    struct Part {
        let range: Range<Int>
        let own: Column<Double>
        let market: Column<Double>
        let extremes: CurveExtremes
    }

    /// Divides some returns, at most ``maximum``, and adds them to the sums. What comes out means nothing unless all points
    /// are above zero.
    func divide(_ range: Range<Int>, _ sums: inout PlainSums) -> Part {
        let begin = range.lowerBound
        let market = market(begin..<(range.upperBound + 1))
        // Of the benchmark no more is there.
        let limit = min(count - 1 - begin, Self.maximum)
        let extremes = Vectors.divide(
            own.counted(from: begin), market.counted(from: begin), count: range.count, limit: limit, to: &sums,
            ownReturns.counted(from: begin), marketReturns.counted(from: begin))
        return Part(range: (begin + 1)..<(range.upperBound + 1), own: own, market: market, extremes: extremes)
    }

    /// The market's points.
    func market(_ range: Range<Int>) -> Column<Double> {
        guard let benchmark else { return own }
        let points = points.counted(from: -range.lowerBound)
        benchmark.fill(points, range, limit: range.lowerBound + Self.pointCells, from: close)
        return points.reading
    }
}

/// The least and the most that some points of two curves are, in the order in which the kernel tells them. What is not a
/// number is neither.
struct CurveExtremes {
    private var ownMinimum = 0.0
    private var ownMaximum = 0.0
    private var marketMinimum = 0.0
    private var marketMaximum = 0.0

    var own: (minimum: Double, maximum: Double) { (ownMinimum, ownMaximum) }
    var market: (minimum: Double, maximum: Double) { (marketMinimum, marketMaximum) }
}
