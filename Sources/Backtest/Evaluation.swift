import Strategy

/// One side of a condition over one block of bars: a column of numbers, or one number that stays.
enum OperandCells {
    case column(UnsafePointer<Double>)
    case literal(Double)
}

/// A condition bound to its columns, compiled to one bit a bar, block by block in order.
///
/// Missing values are not-a-number at the start of a column only. `a > b` and `a < b` are false for them, as they have
/// to be; `<=`, `>=` and `eq` are made from the opposite and need the first bar with both values beside it.
struct BoundCondition {
    private let left: OperandCells
    private let comparison: Comparison
    private let right: OperandCells
    /// The first loaded bar on which both sides have a value.
    private let firstBar: Int
    /// Of a cross: whether the last bar of the block before was on the other side, as its lowest bit. None is before
    /// the first bar of all.
    private var carry: UInt64 = 0

    init(_ left: OperandCells, _ comparison: Comparison, _ right: OperandCells, firstBar: Int) {
        self.left = left
        self.comparison = comparison
        self.right = right
        self.firstBar = firstBar
    }

    /// Clears the bits of the bars on which the condition does not hold. `begin` is the block's first bar; bits past
    /// the last bar mean nothing.
    mutating func narrow(_ words: UnsafeMutablePointer<UInt64>, count: Int, begin: Int) {
        // One loop for each shape, so that none of them asks for the shape again.
        switch (left, right) {
        case (.column(let l), .column(let r)):
            narrow(words, count, begin, { l.eight(at: $0) }, { r.eight(at: $0) })
        case (.column(let l), .literal(let r)):
            let r = Eight(repeating: r)
            narrow(words, count, begin, { l.eight(at: $0) }, { _ in r })
        case (.literal(let l), .column(let r)):
            let l = Eight(repeating: l)
            narrow(words, count, begin, { _ in l }, { r.eight(at: $0) })
        case (.literal(let l), .literal(let r)):
            let l = Eight(repeating: l)
            let r = Eight(repeating: r)
            narrow(words, count, begin, { _ in l }, { _ in r })
        }
    }

    @inline(__always)
    private mutating func narrow(
        _ words: UnsafeMutablePointer<UInt64>, _ count: Int, _ begin: Int, _ left: (Int) -> Eight,
        _ right: (Int) -> Eight
    ) {
        @inline(__always)
        func above(_ w: Int) -> UInt64 { bits { left(w * 64 + $0) .> right(w * 64 + $0) } }
        @inline(__always)
        func below(_ w: Int) -> UInt64 { bits { left(w * 64 + $0) .< right(w * 64 + $0) } }
        switch comparison {
        case .greater: for w in 0..<count { words[w] &= above(w) }
        case .less: for w in 0..<count { words[w] &= below(w) }
        case .greaterOrEqual: for w in 0..<count { words[w] &= ~below(w) & existing(begin + w * 64) }
        case .lessOrEqual: for w in 0..<count { words[w] &= ~above(w) & existing(begin + w * 64) }
        case .equal:
            for w in 0..<count {
                let apart = bits { k in
                    let l = left(w * 64 + k)
                    let r = right(w * 64 + k)
                    let difference = l - r
                    let larger = magnitude(l).replacing(with: magnitude(r), where: magnitude(r) .> magnitude(l))
                    return magnitude(difference) .> 1e-9 * larger
                }
                words[w] &= ~apart & existing(begin + w * 64)
            }
        case .crossesAbove:
            for w in 0..<count {
                let above = above(w)
                let others = ~above & existing(begin + w * 64)
                words[w] &= above & (others << 1 | carry)
                carry = others >> 63
            }
        case .crossesBelow:
            for w in 0..<count {
                let below = below(w)
                let others = ~below & existing(begin + w * 64)
                words[w] &= below & (others << 1 | carry)
                carry = others >> 63
            }
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
