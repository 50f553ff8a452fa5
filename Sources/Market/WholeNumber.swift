/// Which whole number stands for one that has a fraction.
public enum Rounding: Sendable {
    /// Towards zero.
    case down
    /// Away from zero.
    case up
    /// To the nearest, away from zero in the middle: what `round(numeric)` of Postgres does.
    case nearest
}

/// Whole numbers behind the amounts.
enum WholeNumber {
    /// `a * b / c` with the product in 256 bits.
    static func product(_ a: UInt128, _ b: UInt128, over c: UInt128, _ rounding: Rounding) throws(AmountError)
        -> UInt128
    {
        guard c > 0 else { throw .divisionByZero }
        let product = a.multipliedFullWidth(by: b)
        guard product.high < c else { throw .overflow }
        let (quotient, remainder) = c.dividingFullWidth(product)
        let isUp =
            switch rounding {
            case .down: false
            case .up: remainder > 0
            // remainder * 2 >= c, without its overflow.
            case .nearest: remainder >= c - remainder
            }
        let (rounded, isOver) = quotient.addingReportingOverflow(isUp ? 1 : 0)
        guard !isOver else { throw .overflow }
        return rounded
    }

    static func power(_ places: Int) -> UInt128 { (0..<places).reduce(1) { power, _ in power * 10 } }

    /// Reads `12`, `12.5` or `-0.05`, at most `places` digits behind the point but for zeros: `units` of 10^-places. Nil for
    /// anything else, and for what is beyond 38 digits.
    static func read(_ text: some StringProtocol, places: Int) -> (units: UInt128, isNegative: Bool)? {
        var bytes = text.utf8[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { bytes = bytes.dropFirst() }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, parts.count == 1 || !parts[1].isEmpty else { return nil }
        let fraction = parts.count == 2 ? Array(parts[1]) : []
        guard fraction.dropFirst(places).allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
        let digits = Array(whole) + fraction.prefix(places)
        var units: UInt128 = 0
        for byte in digits + Array(repeating: UInt8(ascii: "0"), count: max(0, places - fraction.count)) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (tenfold, isOver) = units.multipliedReportingOverflow(by: 10)
            let (sum, isOverToo) = tenfold.addingReportingOverflow(UInt128(byte - UInt8(ascii: "0")))
            guard !isOver, !isOverToo else { return nil }
            units = sum
        }
        return (units, isNegative)
    }

    /// The number with a point, and `minimum` to `places` digits behind it.
    static func text(_ units: UInt128, places: Int, minimum: Int = 0) -> String {
        let (whole, rest) = units.quotientAndRemainder(dividingBy: power(places))
        var digits = String(rest)
        digits = String(repeating: "0", count: places - digits.count) + digits
        while digits.count > minimum, digits.hasSuffix("0") { digits.removeLast() }
        return digits.isEmpty ? "\(whole)" : "\(whole).\(digits)"
    }
}
