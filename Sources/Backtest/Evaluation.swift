import Strategy

/// One side of a condition over one block of bars: a column of numbers, or one number that stays.
struct OperandCells {
    /// Of a number that stays: eight of it.
    let cells: Column<Double>
    /// Cells from bar to bar: 1, or 0 for a number that stays.
    let step: Int

    @inline(__always)
    func eight(at i: Int) -> Eight { cells.eight(at: i * step) }
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
    /// What a side is greater by, at least: 1 and the errors of both.
    private let factor: Double
    /// The first loaded bar on which both sides have a value.
    private let firstBar: Int
    /// Of a cross: whether the last bar of the block before was on the other side, as its lowest bit. None is before
    /// the first bar of all.
    private var carry: UInt64 = 0

    /// - Parameter error: how far the sides may be from what they stand for, as a share of them.
    init(
        _ left: OperandCells, _ comparison: Comparison, _ right: OperandCells, error: Double, firstBar: Int
    ) {
        self.left = left
        self.comparison = comparison
        self.right = right
        factor = 1 + error
        self.firstBar = firstBar
    }

    /// Clears the bits of the bars on which the condition does not hold. `begin` is the block's first bar; bits past
    /// the last bar mean nothing.
    ///
    /// - Parameter found: as many words to work in.
    mutating func narrow(
        _ words: MutableColumn<UInt64>, count: Int, begin: Int, workingIn found: MutableColumn<UInt64>
    ) {
        switch comparison {
        case .greater:
            Vectors.greater(left, right, factor: factor, words: count, into: found)
            for w in 0..<count { words[w] &= found[w] }
        case .less:
            Vectors.greater(right, left, factor: factor, words: count, into: found)
            for w in 0..<count { words[w] &= found[w] }
        case .greaterOrEqual:
            Vectors.greater(right, left, factor: factor, words: count, into: found)
            for w in 0..<count { words[w] &= ~found[w] & existing(begin + w * 64) }
        case .lessOrEqual:
            Vectors.greater(left, right, factor: factor, words: count, into: found)
            for w in 0..<count { words[w] &= ~found[w] & existing(begin + w * 64) }
        case .equal:
            for w in 0..<count { words[w] &= ~apart(w) & existing(begin + w * 64) }
        case .crossesAbove:
            Vectors.greater(left, right, factor: factor, words: count, into: found)
            cross(words, count, begin, found)
        case .crossesBelow:
            Vectors.greater(right, left, factor: factor, words: count, into: found)
            cross(words, count, begin, found)
        }
    }

    /// - Parameter beyond: where the left side is on the side it crosses to.
    private mutating func cross(
        _ words: MutableColumn<UInt64>, _ count: Int, _ begin: Int, _ beyond: MutableColumn<UInt64>
    ) {
        for w in 0..<count {
            let others = ~beyond[w] & existing(begin + w * 64)
            words[w] &= beyond[w] & (others << 1 | carry)
            carry = others >> 63
        }
    }

    /// Where the sides differ by more than a billionth of the larger.
    private func apart(_ word: Int) -> UInt64 {
        bits { k in
            let l = left.eight(at: word * 64 + k)
            let r = right.eight(at: word * 64 + k)
            let difference = l - r
            let larger = magnitude(l).replacing(with: magnitude(r), where: magnitude(r) .> magnitude(l))
            return magnitude(difference) .> 1e-9 * larger
        }
    }

    /// The bars of a word from which on both sides have values.
    @inline(__always)
    private func existing(_ bar: Int) -> UInt64 {
        bar >= firstBar ? ~0 : bar + 64 <= firstBar ? 0 : ~0 << UInt64(firstBar - bar)
    }

    @inline(__always)
    private func magnitude(_ values: Eight) -> Eight {
        Eight(bitPattern: unsafeBitCast(values, to: SIMD8<UInt64>.self) & 0x7fff_ffff_ffff_ffff)
    }

    /// The masks of 64 bars as one word. Every lane carries its own bit, so no instruction that collects them is
    /// needed.
    @inline(__always)
    private func bits(_ mask: (Int) -> SIMDMask<SIMD8<Int64>>) -> UInt64 {
        var lanes = SIMD8<UInt64>()
        for k in 0..<8 {
            let own = SIMD8<UInt64>(1, 2, 4, 8, 16, 32, 64, 128) &<< UInt64(k * 8)
            lanes |= SIMD8<UInt64>().replacing(with: own, where: mask(k * 8))
        }
        let four = lanes.lowHalf | lanes.highHalf
        let two = four.lowHalf | four.highHalf
        return two[0] | two[1]
    }
}
