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
        let zero = UInt8(ascii: "0")
        var units: UInt128 = 0
        var isNegative = false, isEmpty = true, point: Int?, behind = 0
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "-") where index == 0: isNegative = true
            case UInt8(ascii: ".") where point == nil && !isEmpty: (point, isEmpty) = (index, true)
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                isEmpty = false
                if point != nil { behind += 1 }
                if behind > places {
                    guard byte == zero else { return nil }
                } else {
                    guard append(UInt128(byte - zero), to: &units) else { return nil }
                }
            default: return nil
            }
        }
        guard !isEmpty else { return nil }
        for _ in 0..<max(0, places - behind) { guard append(0, to: &units) else { return nil } }
        return (units, isNegative)
    }

    /// - Returns: false when that is beyond counting.
    private static func append(_ digit: UInt128, to units: inout UInt128) -> Bool {
        if units <= UInt128(UInt64.max / 16) {
            units = UInt128(UInt64(units) * 10 + UInt64(digit))
            return true
        }
        let (tenfold, isOver) = units.multipliedReportingOverflow(by: 10)
        let (sum, isOverToo) = tenfold.addingReportingOverflow(digit)
        units = sum
        return !isOver && !isOverToo
    }

    /// The number with a point, and `minimum` to `places` digits behind it.
    static func text(_ units: UInt128, places: Int, minimum: Int = 0) -> String {
        var digits: [UInt8] = [], rest = units
        digits.reserveCapacity(40)
        // From the last digit to the first, and in one word as soon as they are few enough.
        while rest > UInt128(UInt64.max) {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            digits.append(UInt8(ascii: "0") + UInt8(digit))
            rest = quotient
        }
        var word = UInt64(rest)
        while word > 0 {
            digits.append(UInt8(ascii: "0") + UInt8(word % 10))
            word /= 10
        }
        while digits.count <= places { digits.append(UInt8(ascii: "0")) }
        let zeros = digits.prefix(max(0, places - minimum)).prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(zeros)
        if places > zeros { digits.insert(UInt8(ascii: "."), at: places - zeros) }
        digits.reverse()
        return String(decoding: digits, as: UTF8.self)
    }
}
