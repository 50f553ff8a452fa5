/// How many units are traded or held, exact to 8 places and never below zero.
///
///     try Quantity(spending: Money(cents: 10_000), at: Price("3")!)     // 33.33333333
public struct Quantity: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let places = 8
    public static let zero = Quantity(unchecked: 0)

    /// In 10^-8.
    public let units: UInt128

    /// 20 digits before the point, as `numeric(28,8)` is in the database: what a ledger comes to can be stored there.
    static let largestUnits = WholeNumber.power(28) - 1

    private init(unchecked units: UInt128) { self.units = units }

    init(units: UInt128) throws(AmountError) {
        guard units <= Self.largestUnits else { throw .overflow }
        self.units = units
    }

    /// Reads `0.5`, with at most 8 digits behind the point but for zeros; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard let (units, isNegative) = WholeNumber.read(text, places: Self.places), !isNegative || units == 0,
            let quantity = try? Quantity(units: units)
        else { return nil }
        self = quantity
    }

    /// As many as this much money buys at a price, rounded down; none for money below zero.
    public init(spending money: Money, at price: Price) throws(AmountError) {
        guard money.cents > 0 else {
            self = .zero
            return
        }
        let scale = WholeNumber.power(Self.places + Price.places - 2)
        try self.init(units: WholeNumber.product(UInt128(money.cents), scale, over: price.units, .down))
    }

    /// With as few digits as there are.
    public var description: String { WholeNumber.text(units, places: Self.places) }

    /// With all of its places: `10.00000000`.
    public var inFull: String { WholeNumber.text(units, places: Self.places, minimum: Self.places) }

    public static func + (a: Quantity, b: Quantity) throws(AmountError) -> Quantity {
        try Quantity(units: a.units + b.units)
    }

    public static func - (a: Quantity, b: Quantity) throws(AmountError) -> Quantity {
        guard a.units >= b.units else { throw .negative }
        return Quantity(unchecked: a.units - b.units)
    }

    public static func < (a: Quantity, b: Quantity) -> Bool { a.units < b.units }
}
