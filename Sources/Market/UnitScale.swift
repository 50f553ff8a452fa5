/// How many new units are as many old ones, where all prices of an instrument were restated: 4 for 1 after a split.
///
///     UnitScale(between: 3.9999, and: 4.0001) == UnitScale(4, for: 1)
///     Quantity("10")!.scaled(by: UnitScale(4, for: 1)!)     // 40
public struct UnitScale: Hashable, Sendable {
    public let numerator: Int
    public let denominator: Int

    /// Nil where that changes nothing, or is no scale.
    public init?(_ numerator: Int, for denominator: Int) {
        guard numerator > 0, denominator > 0, numerator != denominator else { return nil }
        (self.numerator, self.denominator) = (numerator, denominator)
    }

    /// No restatement changes units by more, either way.
    private static let largest = 1e6
    private static let places = 1e12
    /// As exactly as prices are told at best, as a share.
    private static let noise = 1e-7
    /// How likely a fraction as simple as one that is taken may lie that near by chance.
    private static let chance = 0.05

    /// The scale that was measured to lie between two numbers: the simplest fraction there, where such a simple one would
    /// hardly be there by chance, or else what is in the middle, at 12 places.
    public init?(between lowest: Double, and highest: Double) {
        guard lowest >= 1 / Self.largest, highest <= Self.largest, lowest <= highest else { return nil }
        let middle = (lowest + highest) / 2
        // Rounded prices all on one side of the true one leave it a little outside.
        let slack = max(highest - lowest, middle * Self.noise)
        let fraction = Self.simplest(from: max(lowest - slack, lowest / 2), to: highest + slack)
        if Double(fraction.numerator) * Double(fraction.denominator) * slack / middle <= Self.chance {
            self.init(fraction.numerator, for: fraction.denominator)
        } else if middle > 1 {
            self.init(Int((middle * Self.places).rounded()), for: Int(Self.places))
        } else {
            self.init(Int(Self.places), for: Int((Self.places / middle).rounded()))
        }
    }

    /// The fraction between two numbers above zero whose terms are the smallest, by continued fractions.
    private static func simplest(from low: Double, to high: Double) -> (numerator: Int, denominator: Int) {
        let above = low.rounded(.up)
        if above <= high { return (Int(above), 1) }
        let below = low.rounded(.down)
        let rest = simplest(from: 1 / (high - below), to: 1 / (low - below))
        return (Int(below) * rest.numerator + rest.denominator, rest.numerator)
    }

    /// Whether people would say it: 4 for 1, and not 1005025125628 for 1000000000000.
    public var isSimple: Bool { max(numerator, denominator) <= 10_000 }
}

extension Quantity {
    /// As many as that in new units, rounded down: of something never nothing, and never more than a ledger can hold.
    public func scaled(by scale: UnitScale) -> Quantity {
        guard self > .zero else { return self }
        let exact = try? WholeNumber.product(
            units, UInt128(scale.numerator), over: UInt128(scale.denominator), .down)
        return (try? Quantity(units: min(max(exact ?? Self.largestUnits, 1), Self.largestUnits))) ?? self
    }
}
