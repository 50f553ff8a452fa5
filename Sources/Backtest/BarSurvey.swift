import Market

/// Goes over bars once, some at a time and in order, and says whether they can stand in a series and how their prices lie on
/// a grid.
struct BarSurvey {
    /// Whole eights of bars are looked at, and one eight more where some are left.
    static let minimumBars = 8

    /// Each by itself and in the order of time, as far as was looked.
    private(set) var isSound = true
    /// The first bar that was not looked at.
    private(set) var next = 0
    private let bars: BarColumns
    private let volume: Column<Double>

    /// - Parameter bars: at least ``minimumBars``.
    init(_ bars: BarColumns, volume: Column<Double>) { (self.bars, self.volume) = (bars, volume) }

    mutating func look(at range: Range<Int>, ticksPerUnit: Double) -> TickScale.Look {
        var seen = BarSight()
        Vectors.look(at: bars, volume, range, ticksPerUnit, &seen)
        if range.count % 8 > 0 {
            Vectors.look(at: bars, volume, (range.upperBound - 8)..<range.upperBound, ticksPerUnit, &seen)
        }
        if range.upperBound > next {
            isSound = isSound && seen.isSound && ascends(max(1, next)..<range.upperBound)
            next = range.upperBound
        }
        return TickScale.Look(isWhole: seen.isWhole, isExact: seen.isExact, highest: seen.highest.max())
    }

    private func ascends(_ range: Range<Int>) -> Bool {
        for i in (range.lowerBound + range.count / 8 * 8)..<range.upperBound where bars.times[i] <= bars.times[i - 1] {
            return false
        }
        return Vectors.ascends(bars.times, range)
    }
}

/// What was seen of eight lanes of bars: minus one in each lane where it is so. In the order in which the kernel has it.
struct BarSight {
    private var sound = SIMD8<Int64>(repeating: -1)
    private var whole = SIMD8<Int64>(repeating: -1)
    private var exact = SIMD8<Int64>(repeating: -1)
    private(set) var highest = Eight()

    var isSound: Bool { sound == SIMD8(repeating: -1) }
    var isWhole: Bool { whole == SIMD8(repeating: -1) }
    var isExact: Bool { exact == SIMD8(repeating: -1) }
}
