/// Why an amount cannot be: every operation on ``Money``, ``Price``, ``Quantity`` and ``Rate`` is checked.
public enum AmountError: Error, Equatable, Sendable {
    /// The result is larger than its type holds.
    case overflow
    /// A price or a quantity would be below zero.
    case negative
    case divisionByZero
}
