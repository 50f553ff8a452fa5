import Market
import Trading

/// Where one side of a bracket lies for any quoted price of an entry: quoted * (1 + slippage) * (1 - stop), or (1 + target).
///
/// Prices are decimals, and so are slippage and percentage; the product of the three often equals a price exactly, and the
/// rounding of doubles would decide whether a bar reaches it. So the factor is a fraction of whole numbers, and a price is
/// a whole number of units: of ticks, or of the last bit of a price that lies on no grid.
struct LevelRule {
    /// Of the factor, in lowest terms; at most 1.1e8 * 6e6 and 1e14.
    private let numerator: Int64
    private let denominator: Int64
    private let factor: Double
    private let isBelow: Bool
    /// nil: the prices lie on no grid.
    private let ticksPerUnit: Double?

    /// - Parameter distance: from the price of the entry, up or down.
    init(slippage: TenThousandths, distance percent: TenThousandths, isBelow: Bool, on grid: TickScale?) {
        // A basis point is 1e-4 and a percentage 1e-2, each counted in 1e-4.
        let (one, hundred): (Int64, Int64) = (100_000_000, 1_000_000)
        let product = (one + slippage.count) * (isBelow ? hundred - percent.count : hundred + percent.count)
        let divisor = Self.greatestCommonDivisor(product, one * hundred)
        (numerator, denominator) = (product / divisor, one * hundred / divisor)
        factor = Double(numerator) / Double(denominator)
        self.isBelow = isBelow
        ticksPerUnit = grid?.ticksPerUnit
    }

    /// A level in units: so many whole ones, and a part of one, in fractions of the denominator.
    private struct Units {
        let whole: Int64
        let rest: Int64
    }

    /// The level in the unit of the grid.
    @inline(__always)
    func level(from quoted: Double) -> Level {
        guard let ticksPerUnit else { return levelOffGrid(from: quoted) }
        let units = units(of: Int64(TickScale.nearestWhole(quoted * ticksPerUnit)))
        return Level(Double(units.whole), isAbove: units.rest > 0)
    }

    /// A price next to the level, but for a few roundings: for a first look, which need not wait for the level itself.
    @inline(__always)
    func nearby(_ quoted: Double) -> Double { quoted * factor }

    /// The double nearest to the exact level.
    func fill(from quoted: Double) -> Double {
        if let ticksPerUnit {
            let ticks = TickScale.nearestWhole(quoted * ticksPerUnit)
            let dividend = ticks * Double(numerator), divisor = Double(denominator) * ticksPerUnit
            // Products of whole numbers that are this small are exact, and then a division rounds but once.
            if dividend < 0x1p53, divisor < 0x1p53 { return dividend / divisor }
            return Self.quotient(UInt128(ticks) * UInt128(numerator), UInt128(denominator) * UInt128(ticksPerUnit))
        }
        let (significand, exponent) = Self.binary(quoted)
        return Double(
            sign: .plus, exponent: exponent,
            significand: Self.quotient(UInt128(significand) * UInt128(numerator), UInt128(denominator)))
    }

    /// The whole units come from doubles, at most some tens beside the truth; the rest that they leave corrects them. It is
    /// small, so its lowest 64 bits are all of it.
    @inline(__always)
    private func units(of count: Int64) -> Units {
        var whole = Int64(Double(count) * factor)
        var rest = count &* numerator &- whole &* denominator
        if rest < 0 || rest >= denominator {
            let (more, left) = rest.quotientAndRemainder(dividingBy: denominator)
            whole += left < 0 ? more - 1 : more
            rest = left < 0 ? left + denominator : left
        }
        return Units(whole: whole, rest: rest)
    }

    private func levelOffGrid(from quoted: Double) -> Level {
        let (significand, exponent) = Self.binary(quoted)
        let units = units(of: significand)
        // As many bits as a double has.
        let surplus = max(0, 64 - 53 - units.whole.leadingZeroBitCount)
        let whole = (units.whole >> surplus) << surplus
        let price = Double(sign: .plus, exponent: exponent, significand: Double(whole))
        return Level(price, isAbove: units.rest > 0 || whole != units.whole)
    }

    /// A price above zero as a whole number of 2^exponent, with two bits to spare: no level is less than half of it.
    private static func binary(_ price: Double) -> (significand: Int64, exponent: Int) {
        guard price.isNormal else { return (Int64(price.significandBitPattern) << 2, -1076) }
        return (Int64(price.significandBitPattern | 1 << 52) << 2, Int(price.exponent) - 54)
    }

    /// The double nearest to a fraction of numbers above zero, ties to even.
    static func quotient(_ numerator: UInt128, _ denominator: UInt128) -> Double {
        // Two bits more than a double has, or three; the last of them stands for all that follow.
        let shift = 55 + numerator.leadingZeroBitCount - denominator.leadingZeroBitCount
        let quotient: UInt128, remainder: UInt128
        if shift <= 0 {
            (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator << -shift)
        } else if shift <= numerator.leadingZeroBitCount {
            (quotient, remainder) = (numerator << shift).quotientAndRemainder(dividingBy: denominator)
        } else {
            (quotient, remainder) = denominator.dividingFullWidth((numerator >> (128 - shift), numerator << shift))
        }
        let bits = UInt64(quotient) | (remainder > 0 ? 1 : 0)
        return Double(sign: .plus, exponent: -shift, significand: Double(bits))
    }

    private static func greatestCommonDivisor(_ one: Int64, _ other: Int64) -> Int64 {
        var (one, other) = (one, other)
        while other != 0 { (one, other) = (other, one % other) }
        return one
    }
}
