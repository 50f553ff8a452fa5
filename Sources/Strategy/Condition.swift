/// One side of a condition.
public enum Operand: Hashable, Sendable {
    case indicator(Indicator)
    case price(PriceSource)
    /// Finite, and the same on every bar.
    case literal(Double)

    public var isLiteral: Bool { if case .literal = self { true } else { false } }
}

/// How the sides of a condition are compared. The raw value is the word of the definition.
public enum Comparison: String, Sendable, CaseIterable {
    case greater = "gt"
    case greaterOrEqual = "gte"
    case less = "lt"
    case lessOrEqual = "lte"
    /// Equal within a billionth of the larger side.
    case equal = "eq"
    /// Not above on the bar before, above on this one.
    case crossesAbove = "crosses_above"
    /// Not below on the bar before, below on this one.
    case crossesBelow = "crosses_below"

    /// It looks at the bar before, too.
    public var isCross: Bool { self == .crossesAbove || self == .crossesBelow }
}

/// A comparison that holds on a bar or not; one with a side that has no value yet does not hold.
public struct Condition: Hashable, Sendable {
    public let left: Operand
    public let comparison: Comparison
    public let right: Operand

    package init(_ left: Operand, _ comparison: Comparison, _ right: Operand) {
        self.left = left
        self.comparison = comparison
        self.right = right
    }
}
