import Strategy

/// One side of a condition: a column of numbers, or one number that stays.
struct OperandCells {
    private let column: UnsafePointer<Double>?
    private let literal: Double

    init(column: UnsafePointer<Double>) {
        self.column = column
        literal = 0
    }

    init(literal: Double) {
        column = nil
        self.literal = literal
    }

    @inline(__always)
    subscript(_ i: Int) -> Double { column.map { $0[i] } ?? literal }
}

/// A condition bound to its columns. Missing values are not-a-number, for which every comparison is false: that is just
/// what a condition with a side that has no value yet has to be.
struct BoundCondition {
    let left: OperandCells
    let comparison: Comparison
    let right: OperandCells

    /// `i` counts all loaded bars; a cross looks at bar `i - 1`, so none happens on the first of all.
    @inline(__always)
    func holds(at i: Int) -> Bool {
        let l = left[i]
        let r = right[i]
        switch comparison {
        case .greater: return l > r
        case .greaterOrEqual: return l >= r
        case .less: return l < r
        case .lessOrEqual: return l <= r
        case .equal: return (l - r).magnitude <= 1e-9 * max(l.magnitude, r.magnitude)
        case .crossesAbove: return i > 0 && left[i - 1] <= right[i - 1] && l > r
        case .crossesBelow: return i > 0 && left[i - 1] >= right[i - 1] && l < r
        }
    }
}

/// Conditions that must all hold.
struct Rule {
    let conditions: UnsafeBufferPointer<BoundCondition>

    @inline(__always)
    func holds(at i: Int) -> Bool {
        for condition in conditions where !condition.holds(at: i) { return false }
        return true
    }
}
