/// What one unit costs, exact to 12 places and never below zero.
///
///     let open = Price("27.44")!
///     try open.increased(by: Rate(basisPoints: "5")!)     // 27.45372
public struct Price: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let places = 12

    /// In 10^-12.
    let units: UInt128

    init(units: UInt128) throws(AmountError) {
        guard units <= UInt128(Int128.max) else { throw .overflow }
        self.units = units
    }

    /// Reads `27.44`, with at most 12 digits behind the point but for zeros; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard let (units, isNegative) = WholeNumber.read(text, places: Self.places), !isNegative || units == 0,
            let price = try? Price(units: units)
        else { return nil }
        self = price
    }

    /// The shortest decimal that reads back as this number, to the nearest 12th place; nil for what is no price.
    ///
    ///     Price(nearest: 26.8912) == Price("26.8912")
    public init?(nearest number: Double) {
        guard number >= 0, number < 1e26 else { return nil }
        // "26.8912", "5e-07" or "1.5e+20".
        let parts = number.description.split(separator: "e")
        let digits = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = digits.count == 2 ? digits[1] : ""
        guard let written = UInt128(digits[0] + fraction), let exponent = parts.count == 2 ? Int(parts[1]) : 0 else {
            return nil
        }
        // In 10^-12 a digit in the last place counts so many powers of ten.
        let power = Self.places - fraction.utf8.count + exponent
        // Nothing is left of a number with so many zeros in front.
        let factor = WholeNumber.power(min(abs(power), 38))
        guard
            let units = power >= 0
                ? try? WholeNumber.product(written, factor, over: 1, .nearest)
                : try? WholeNumber.product(written, 1, over: factor, .nearest),
            let price = try? Price(units: units)
        else { return nil }
        self = price
    }

    /// What one of so many units costs that together cost this much, to the nearest 12th place.
    public init(_ money: Money, for quantity: Quantity) throws(AmountError) {
        guard money.cents >= 0 else { throw .negative }
        let scale = WholeNumber.power(Self.places + Quantity.places - 2)
        try self.init(units: WholeNumber.product(UInt128(money.cents), scale, over: quantity.units, .nearest))
    }

    /// With as few digits as there are.
    public var description: String { WholeNumber.text(units, places: Self.places) }

    /// With all of its places: `27.440000000000`.
    public var inFull: String { WholeNumber.text(units, places: Self.places, minimum: Self.places) }

    /// The distance down to another price.
    public static func - (a: Price, b: Price) throws(AmountError) -> Price {
        guard a.units >= b.units else { throw .negative }
        return try Price(units: a.units - b.units)
    }

    /// Times one and a rate, rounded up in the last place: a buyer never pays less.
    public func increased(by rate: Rate) throws(AmountError) -> Price {
        let one = WholeNumber.power(Rate.places)
        return try Price(units: WholeNumber.product(units, one + rate.units, over: one, .up))
    }

    /// Times one less a rate, rounded down in the last place: a seller never gets more.
    public func reduced(by rate: Rate) throws(AmountError) -> Price {
        let one = WholeNumber.power(Rate.places)
        guard rate.units <= one else { throw .negative }
        return try Price(units: WholeNumber.product(units, one - rate.units, over: one, .down))
    }

    public static func < (a: Price, b: Price) -> Bool { a.units < b.units }
}
