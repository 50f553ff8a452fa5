internal import CVectors
import Market

/// The loops that are compiled for several kinds of processor, with their bounds checked in debug builds.
enum Vectors {
    /// Which of the compiled variants is the fastest here. Not a stored one, which asks at every use whether it is there.
    @inline(__always)
    private static var level: Int32 { vectors_level() }

    /// Means of windows: differences of sums from 0 up to 2^53, divided by a whole number up to 2^48. Up to seven cells more than `count` are read
    /// and written.
    static func means(
        newest: Column<Int64>, oldest: Column<Int64>, count: Int, divisor: Double, into means: MutableColumn<Double>
    ) {
        let cells = 0..<eights(count)
        vectors_means(
            level, newest.address(cells), oldest.address(cells), Int64(count), divisor, means.address(cells))
    }

    /// A bit for each of 64 cells a word: whether one side is greater than the other times the factor. Of eight lanes side by
    /// side there are eight words, one of each lane.
    static func greater(
        _ one: OperandCells, _ other: OperandCells, factor: Double, words: Int, lanes: Int,
        into bits: MutableColumn<UInt64>
    ) {
        vectors_greater(
            level, one.address(cells: words * 64), Int64(one.step), other.address(cells: words * 64), Int64(other.step),
            factor, Int64(words), lanes > 1 ? 1 : 0, bits.address(0..<words))
    }

    /// The same of whether they differ by more than a billionth of the larger.
    static func apart(
        _ one: OperandCells, _ other: OperandCells, words: Int, lanes: Int, into bits: MutableColumn<UInt64>
    ) {
        vectors_apart(
            level, one.address(cells: words * 64), Int64(one.step), other.address(cells: words * 64), Int64(other.step),
            Int64(words), lanes > 1 ? 1 : 0, bits.address(0..<words))
    }

    /// The points of a holding at some closes: what lies beside it, and so many units. Up to the limit, more may be written.
    @inline(__always)
    static func hold(
        _ close: Column<Double>, _ range: Range<Int>, limit: Int, rest: Double, quantity: Double,
        into points: MutableColumn<Double>
    ) {
        let cells = range.lowerBound..<limit
        vectors_hold(
            level, close.address(cells), Int64(range.lowerBound), Int64(range.upperBound), Int64(limit), rest, quantity,
            points.address(cells))
    }

    /// The first of some bars that does not stay between two prices; the end of the range where all do.
    @inline(__always)
    static func reach(_ bars: BarColumns, below: Double, above: Double, _ range: Range<Int>) -> Int {
        let cells = range.lowerBound..<bars.count
        return Int(
            vectors_reach(
                level, bars.open.address(cells), bars.low.address(cells), bars.high.address(cells), below, above,
                Int64(range.lowerBound),
                Int64(range.upperBound), Int64(bars.count)))
    }

    /// The first of some points that is not below a peak, the end of the range where all are; and the lowest of those before it.
    static func below(_ points: Column<Double>, _ peak: Double, _ range: Range<Int>, _ lowest: inout Double) -> Int {
        Int(
            vectors_below(
                level, points.address(range), peak, Int64(range.lowerBound), Int64(range.upperBound), &lowest))
    }

    /// Adds returns to sums. Up to the limit, more may be read.
    static func add(
        _ own: Column<Double>, _ market: Column<Double>, count: Int, limit: Int, to sums: inout PlainSums
    ) {
        _ = plain(own, market, nil, nil, count, limit, &sums)
    }

    /// Divides the returns of two curves, which have one point more, and adds them to sums, too. Returns are written in
    /// whole eights; the extremes are those of the points but the first.
    static func divide(
        _ own: Column<Double>, _ market: Column<Double>, count: Int, limit: Int, to sums: inout PlainSums,
        _ ownReturns: MutableColumn<Double>, _ marketReturns: MutableColumn<Double>
    ) -> CurveExtremes {
        plain(own, market, ownReturns, marketReturns, count, limit, &sums)
    }

    @inline(__always)
    private static func plain(
        _ own: Column<Double>, _ market: Column<Double>, _ ownReturns: MutableColumn<Double>?,
        _ marketReturns: MutableColumn<Double>?, _ count: Int, _ limit: Int, _ sums: inout PlainSums
    ) -> CurveExtremes {
        let areCurves = ownReturns == nil ? 0 : 1
        let cells = 0..<(limit + areCurves), written = 0..<eights(count)
        var extremes = CurveExtremes()
        withUnsafeMutableBytes(of: &sums) { sums in
            withUnsafeMutableBytes(of: &extremes) { extremes in
                vectors_plain(
                    level, own.address(cells), market.address(cells), Int64(areCurves), Int64(count), Int64(limit),
                    doubles(sums), doubles(extremes), ownReturns?.address(written), marketReturns?.address(written))
            }
        }
        return extremes
    }

    /// Powers of what returns deviate by from their mean, and from `slope * market + intercept`.
    static func add(
        _ own: Column<Double>, _ market: Column<Double>, count: Int, mean: Double,
        line: (slope: Double, intercept: Double)?, to powers: inout DeviationPowers
    ) {
        let cells = 0..<count
        withUnsafeMutableBytes(of: &powers) {
            vectors_powers(
                level, own.address(cells), market.address(cells), line == nil ? 0 : 1, Int64(count), mean,
                line?.slope ?? 0, line?.intercept ?? 0, doubles($0))
        }
    }

    /// The prices of eight lanes side by side in the forms that are wanted, eights of bars. Of the sums there are one more,
    /// the first of which are there.
    static func lanes(
        _ stored: Column<Double>, pitch: Int, bars: Int, _ scale: TickScale, prices: MutableColumn<Double>?,
        levels: MutableColumn<Double>?, tickSums: MutableColumn<Int64>?
    ) {
        let lanes = Eight.scalarCount, cells = 0..<(bars * lanes)
        vectors_lanes(
            level, stored.address(0..<((lanes - 1) * pitch + bars)), Int64(pitch), Int64(bars), scale.ticksPerUnit,
            scale.isExact ? 1 : 0, prices?.address(cells), levels?.address(cells),
            tickSums?.address(0..<(cells.count + lanes)))
    }

    /// Exponential averages of eight lanes side by side; `averages` go in and out.
    static func averages(
        _ prices: Column<Double>, bars: Int, weight: Double, averages: MutableColumn<Double>,
        into values: MutableColumn<Double>
    ) {
        let lanes = 0..<Eight.scalarCount, cells = 0..<(bars * Eight.scalarCount)
        vectors_averages(
            level, prices.address(cells), Int64(bars), weight, averages.address(lanes), values.address(cells))
    }

    /// Wilder's sums of gains and losses of eight lanes side by side, which go in and out with the factors they fade by at
    /// the next change, and the strength of each bar. The levels before the first bars are read, too.
    static func strengths(
        _ levels: Column<Double>, bars: Int, fading: Double, gains: MutableColumn<Double>,
        losses: MutableColumn<Double>, factors: MutableColumn<Double>, into values: MutableColumn<Double>
    ) {
        let lanes = Eight.scalarCount
        vectors_strengths(
            level, levels.address(-lanes..<(bars * lanes)), Int64(bars), fading, gains.address(0..<lanes),
            losses.address(0..<lanes), factors.address(0..<lanes), values.address(0..<(bars * lanes)))
    }

    /// Adds what is seen of bars; only whole eights of the range.
    static func look(
        at bars: BarColumns, _ volume: Column<Double>, _ range: Range<Int>, _ ticksPerUnit: Double,
        _ sight: inout BarSight
    ) {
        let begin = range.lowerBound, cells = begin..<(begin + range.count / 8 * 8)
        withUnsafeMutableBytes(of: &sight) {
            vectors_look(
                level, bars.open.address(cells) + begin, bars.high.address(cells) + begin,
                bars.low.address(cells) + begin, bars.close.address(cells) + begin, volume.address(cells) + begin,
                Int64(cells.count), ticksPerUnit, $0.assumingMemoryBound(to: Int64.self).baseAddress!)
        }
    }

    /// Whether each of these numbers is greater than the one before it; only whole eights of the range, which begins behind
    /// the first number of all.
    static func ascends(_ numbers: Column<Int64>, _ range: Range<Int>) -> Bool {
        let begin = range.lowerBound, cells = (begin - 1)..<(begin + range.count / 8 * 8)
        var seen = SIMD8<Int64>()
        withUnsafeMutableBytes(of: &seen) {
            vectors_ascend(
                level, numbers.address(cells) + begin, Int64(cells.count - 1),
                $0.assumingMemoryBound(to: Int64.self).baseAddress!)
        }
        return seen == SIMD8(repeating: -1)
    }

    private static func eights(_ count: Int) -> Int { (count + 7) / 8 * 8 }

    private static func doubles(_ memory: UnsafeMutableRawBufferPointer) -> UnsafeMutablePointer<Double> {
        memory.assumingMemoryBound(to: Double.self).baseAddress!
    }
}

extension OperandCells {
    fileprivate func address(cells count: Int) -> UnsafePointer<Double> { cells.address(0..<(step == 0 ? 8 : count)) }
}
