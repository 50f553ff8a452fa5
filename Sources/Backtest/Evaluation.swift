import Strategy

/// One side of a condition over one block of bars, in one lane or eight: a column of numbers, or one number that stays.
struct OperandCells {
    /// Of a number that stays: eight of it.
    let cells: Column<Double>
    /// From cell to cell: 1, or 0 for a number that stays.
    let step: Int
}

/// A condition bound to its columns, compiled to one bit a bar, block by block in order.
///
/// Missing values are not-a-number at the start of a column only. `a > b` and `a < b` are false for them, as they have
/// to be; `<=`, `>=` and `eq` are made from the opposite and need the first bar with both values beside it.
///
/// Sides that differ by no more than the error of their computation are equal: greater is only what is greater than the
/// other times a factor a little above 1. Prices and indicators are never below zero, and of numbers below zero there is
/// nothing they could be equal to.
struct BoundCondition {
    private let left: OperandCells
    private let comparison: Comparison
    private let right: OperandCells
    /// 1, or eight side by side.
    private let lanes: Int
    /// What a side is greater by, at least: 1 and the errors of both.
    private let factor: Double
    /// The first loaded bar on which both sides have a value.
    private let firstBar: Int
    /// Of a cross, for each lane: whether the last bar of the block before was on the other side, as its lowest bit. None is
    /// before the first bar of all.
    private let carry: MutableColumn<UInt64>

    /// - Parameters:
    ///   - error: how far the sides may be from what they stand for, as a share of them.
    ///   - arena: with ``cells`` to spare.
    init(
        _ left: OperandCells, _ comparison: Comparison, _ right: OperandCells, lanes: Int, error: Double, firstBar: Int,
        in arena: inout ColumnArena
    ) {
        self.left = left
        self.comparison = comparison
        self.right = right
        self.lanes = lanes
        factor = 1 + error
        self.firstBar = firstBar
        carry = arena.column(count: 8)
        carry.fill(0..<8, with: 0)
    }

    /// How many cells of an arena a condition takes.
    static var cells: Int { ColumnArena.cells(count: 8) }

    /// The only lane goes on where a lane of the same condition over other columns ended.
    func resume(after lane: Int, of other: BoundCondition) { carry[0] = other.carry[lane] }

    /// Clears the bits of the bars on which the condition does not hold. The words are of one lane, or one of each; `begin`
    /// is the block's first bar, in the first lane. Bits past the last bar mean nothing.
    ///
    /// - Parameter found: as many words to work in.
    func narrow(
        _ words: MutableColumn<UInt64>, count: Int, begin: Int, workingIn found: MutableColumn<UInt64>
    ) {
        switch comparison {
        case .greater, .lessOrEqual, .crossesAbove:
            Vectors.greater(left, right, factor: factor, words: count, lanes: lanes, into: found)
        case .less, .greaterOrEqual, .crossesBelow:
            Vectors.greater(right, left, factor: factor, words: count, lanes: lanes, into: found)
        case .equal:
            Vectors.apart(left, right, words: count, lanes: lanes, into: found)
        }
        lanes == 1 ? narrowOne(words, count, begin, found) : narrowEight(words, found)
    }

    private func narrowOne(
        _ words: MutableColumn<UInt64>, _ count: Int, _ begin: Int, _ found: MutableColumn<UInt64>
    ) {
        switch comparison {
        case .greater, .less:
            for w in 0..<count { words[w] &= found[w] }
        case .greaterOrEqual, .lessOrEqual, .equal:
            for w in 0..<count { words[w] &= ~found[w] & existing(begin + w * 64) }
        case .crossesAbove, .crossesBelow:
            var last = carry[0]
            for w in 0..<count {
                let others = ~found[w] & existing(begin + w * 64)
                words[w] &= found[w] & (others << 1 | last)
                last = others >> 63
            }
            carry[0] = last
        }
    }

    /// A word of each lane. They begin where all values exist.
    private func narrowEight(_ words: MutableColumn<UInt64>, _ found: MutableColumn<UInt64>) {
        let beyond = found.reading.eight(at: 0)
        switch comparison {
        case .greater, .less: words.store(words.reading.eight(at: 0) & beyond, at: 0)
        case .greaterOrEqual, .lessOrEqual, .equal: words.store(words.reading.eight(at: 0) & ~beyond, at: 0)
        case .crossesAbove, .crossesBelow:
            words.store(words.reading.eight(at: 0) & beyond & (~beyond &<< 1 | carry.reading.eight(at: 0)), at: 0)
            carry.store(~beyond &>> 63, at: 0)
        }
    }

    /// The bars of a word from which on both sides have values.
    @inline(__always)
    private func existing(_ bar: Int) -> UInt64 {
        bar >= firstBar ? ~0 : bar + 64 <= firstBar ? 0 : ~0 << UInt64(firstBar - bar)
    }
}
