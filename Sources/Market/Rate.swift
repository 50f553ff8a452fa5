/// A share of something, such as a commission: exact to 8 places, which is 4 of a basis point, and never below zero.
///
///     Rate(basisPoints: "12.5") == Rate("0.00125")
public struct Rate: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let places = 8
    public static let zero = Rate(units: 0)

    /// In 10^-8.
    let units: UInt128

    private init(units: UInt128) { self.units = units }

    /// Reads `0.0005`, up to a million; nil for anything else.
    public init?(_ text: some StringProtocol) { self.init(text, places: Self.places) }

    /// Hundredths of a percent, with at most four digits behind the point.
    public init?(basisPoints text: some StringProtocol) { self.init(text, places: Self.places - 4) }

    /// With at most six digits behind the point.
    public init?(percent text: some StringProtocol) { self.init(text, places: Self.places - 2) }

    private init?(_ text: some StringProtocol, places: Int) {
        guard let (units, isNegative) = WholeNumber.read(text, places: places), !isNegative || units == 0,
            units <= 1_000_000 * WholeNumber.power(Self.places)
        else { return nil }
        self.units = units
    }

    /// With as few digits as there are.
    public var description: String { WholeNumber.text(units, places: Self.places) }

    public static func < (a: Rate, b: Rate) -> Bool { a.units < b.units }
}
