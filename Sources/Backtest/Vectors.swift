internal import CVectors

/// The loops that are compiled for several kinds of processor, with their bounds checked in debug builds.
enum Vectors {
    /// Which of the compiled variants this machine runs.
    private static let level = vectors_level()

    /// Means of windows: differences of sums from 0 up to 2^53, divided. Up to seven cells more than `count` are read
    /// and written.
    static func means(
        newest: Column<Int64>, oldest: Column<Int64>, count: Int, divisor: Double, into means: MutableColumn<Double>
    ) {
        let cells = 0..<eights(count)
        vectors_means(
            level, newest.address(cells), oldest.address(cells), Int64(count), divisor, means.address(cells))
    }

    /// A bit for each of 64 bars a word: whether one side is greater than the other times the factor.
    static func greater(
        _ one: OperandCells, _ other: OperandCells, factor: Double, words: Int, into bits: MutableColumn<UInt64>
    ) {
        vectors_greater(
            level, one.address(bars: words * 64), Int64(one.step), other.address(bars: words * 64), Int64(other.step),
            factor, Int64(words), bits.address(0..<words))
    }

    /// The points of a holding at some closes: what lies beside it, and so many units.
    static func hold(
        _ close: Column<Double>, count: Int, rest: Double, quantity: Double, into points: MutableColumn<Double>
    ) {
        vectors_hold(level, close.address(0..<count), Int64(count), rest, quantity, points.address(0..<count))
    }

    /// Adds returns to sums, and of curves the points but the first to the extremes.
    static func add(
        _ own: Column<Double>, _ market: Column<Double>, areCurves: Bool, count: Int, to sums: inout PlainSums,
        _ extremes: inout CurveExtremes
    ) {
        let cells = 0..<(areCurves ? count + 1 : count)
        withUnsafeMutableBytes(of: &sums) { sums in
            withUnsafeMutableBytes(of: &extremes) { extremes in
                vectors_plain(
                    level, own.address(cells), market.address(cells), areCurves ? 1 : 0, Int64(count), doubles(sums),
                    doubles(extremes))
            }
        }
    }

    /// Powers of what returns deviate by from their mean, and from `slope * market + intercept`.
    static func add(
        _ own: Column<Double>, _ market: Column<Double>, areCurves: Bool, count: Int, mean: Double,
        line: (slope: Double, intercept: Double)?, to powers: inout DeviationPowers
    ) {
        let cells = 0..<(areCurves ? count + 1 : count)
        withUnsafeMutableBytes(of: &powers) {
            vectors_powers(
                level, own.address(cells), market.address(cells), areCurves ? 1 : 0, line == nil ? 0 : 1, Int64(count),
                mean,
                line?.slope ?? 0, line?.intercept ?? 0, doubles($0))
        }
    }

    /// Exponential averages of eight lanes over the same bars; `averages` go in and out.
    static func averages(
        _ prices: LaneColumns<Double>, _ bars: Range<Int>, weight: Double, averages: inout Eight,
        into values: LaneColumns<Double>
    ) {
        withUnsafeMutableBytes(of: &averages) {
            vectors_averages(
                level, prices.address(bars), Int64(prices.pitch), values.address(bars), Int64(values.pitch),
                Int64(bars.lowerBound), Int64(bars.upperBound), weight, doubles($0))
        }
    }

    /// Wilder's sums of gains and losses of eight lanes over the same bars, which go in and out with the factors they fade
    /// by at the next change, and the strength of each bar. Of each lane the level before the first bar is read, too.
    static func strengths(
        _ levels: LaneColumns<Double>, _ bars: Range<Int>, fading: Double, gains: inout Eight, losses: inout Eight,
        factors: inout Eight, into values: LaneColumns<Double>
    ) {
        withUnsafeMutableBytes(of: &gains) { gains in
            withUnsafeMutableBytes(of: &losses) { losses in
                withUnsafeMutableBytes(of: &factors) { factors in
                    vectors_strengths(
                        level, levels.address((bars.lowerBound - 1)..<bars.upperBound), Int64(levels.pitch),
                        values.address(bars), Int64(values.pitch), Int64(bars.lowerBound), Int64(bars.upperBound),
                        fading, doubles(gains), doubles(losses), doubles(factors))
                }
            }
        }
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
    fileprivate func address(bars: Int) -> UnsafePointer<Double> { cells.address(0..<(step == 0 ? 8 : bars)) }
}

extension Eight {
    @inline(__always)
    init(bitPattern: SIMD8<UInt64>) { self = unsafeBitCast(bitPattern, to: Eight.self) }
}

/// How many lanes from the first on are true.
@inline(__always)
func firstFalse(_ mask: SIMDMask<SIMD8<Int64>>) -> Int {
    let bytes = SIMD8<Int8>(truncatingIfNeeded: unsafeBitCast(mask, to: SIMD8<Int64>.self))
    return (~unsafeBitCast(bytes, to: UInt64.self)).trailingZeroBitCount / 8
}
