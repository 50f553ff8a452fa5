/// An amount of the account's currency, in cents. A `Double` may draw a chart; it never settles a trade.
///
///     let cash = Money(cents: 1_000_000)
///     let fee = try cash.share(Rate("0.0005")!)      // 5.00
///     try cash - fee                                  // 9995.00
public struct Money: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let cents: Int64

    public static let zero = Money(cents: 0)

    public init(cents: Int64) { self.cents = cents }

    /// Reads `-12.34`, with at most two digits behind the point but for zeros; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard let (units, isNegative) = WholeNumber.read(text, places: 2),
            let cents = try? Self.cents(units, isNegative)
        else { return nil }
        self.cents = cents
    }

    /// Always two digits behind the point.
    public var description: String {
        (cents < 0 ? "-" : "") + WholeNumber.text(UInt128(cents.magnitude), places: 2, minimum: 2)
    }

    public static func + (a: Money, b: Money) throws(AmountError) -> Money {
        try bounded(a.cents.addingReportingOverflow(b.cents))
    }

    public static func - (a: Money, b: Money) throws(AmountError) -> Money {
        try bounded(a.cents.subtractingReportingOverflow(b.cents))
    }

    /// Quantity times price, to the nearest cent.
    public static func value(of quantity: Quantity, at price: Price) throws(AmountError) -> Money {
        let scale = WholeNumber.power(Quantity.places + Price.places - 2)
        return try bounded(
            (try cents(WholeNumber.product(quantity.units, price.units, over: scale, .nearest), false), false))
    }

    /// Of 18 digits at the most, as `numeric(18,2)` is in the database: what a ledger comes to can be stored there.
    private static func bounded(_ result: (partialValue: Int64, overflow: Bool)) throws(AmountError) -> Money {
        guard !result.overflow, result.partialValue.magnitude < 1_000_000_000_000_000_000 else { throw .overflow }
        return Money(cents: result.partialValue)
    }

    /// This times a rate, to the nearest cent.
    public func share(_ rate: Rate) throws(AmountError) -> Money {
        try part(rate.units, of: WholeNumber.power(Rate.places))
    }

    /// This times `part / whole`, to the nearest cent.
    public func part(_ part: UInt128, of whole: UInt128) throws(AmountError) -> Money {
        let magnitude = try WholeNumber.product(UInt128(cents.magnitude), part, over: whole, .nearest)
        return Money(cents: try Self.cents(magnitude, cents < 0))
    }

    public static func < (a: Money, b: Money) -> Bool { a.cents < b.cents }

    private static func cents(_ magnitude: UInt128, _ isNegative: Bool) throws(AmountError) -> Int64 {
        guard let cents = Int64(exactly: magnitude) else { throw .overflow }
        return isNegative ? -cents : cents
    }
}
