/// Digits that no vendor meant: a price that went through a 32-bit float (27.440000534057617 for 27.44), or through
/// sums of doubles (27.439999999999998). Prices are decimals; only without the noise do they fall on ticks, on which
/// averages are exact.
public enum FloatNoise {
    /// What was rounded in one file.
    public struct Report: Equatable, Sendable {
        /// How many prices.
        public internal(set) var count = 0
        /// The most decimals any of them has after rounding: the vendor's real precision.
        public internal(set) var decimals = 0
        /// The first of them, as an example.
        public let line: Int, from: Double, to: Double

        init(line: Int, from: Double, to: Double) { (self.line, self.from, self.to) = (line, from, to) }
    }

    /// Fewer digits than a 32-bit float's noise has are a vendor's own.
    private static let suspiciousDigits = 12

    /// The price that was meant, when what is written is that price plus noise; nil when it is to be taken as it is.
    ///
    /// - Parameter digits: how many significant digits were written.
    static func removed(from price: Double, digits: Int) -> Double? {
        guard digits >= suspiciousDigits, price.isFinite, price > 0 else { return nil }
        // Of the doubles one in 2^29 is a 32-bit float too: one with so many digits came from there.
        let short = Float(price)
        if Double(short) == price, let meant = Double("\(short)"), meant != price { return meant }
        guard digits >= 15, let meant = rounded(price), meant != price else { return nil }
        return meant
    }

    /// What a few sums and products of doubles leave behind, in units of the last place. Not more: of prices that really
    /// have sixteen digits, one in a hundred lies within 1e-12 of one with ten.
    private static let noiseInLastPlace = 16.0

    /// The nearest number of twelve digits, if it needs no more than ten of them and only noise lies between.
    private static func rounded(_ price: Double) -> Double? {
        var decimals = 11
        var lead = price
        while lead >= 10 { (lead, decimals) = (lead / 10, decimals - 1) }
        while lead < 1 { (lead, decimals) = (lead * 10, decimals + 1) }
        guard (0...22).contains(decimals) else { return nil }  // powers of ten up to 10^22 are exact doubles
        var power = 1.0
        for _ in 0..<decimals { power *= 10 }
        let whole = (price * power).rounded()
        let meant = whole / power
        // A multiple of 100 among numbers of twelve digits has ten.
        guard whole.truncatingRemainder(dividingBy: 100) == 0, (meant - price).magnitude <= noiseInLastPlace * price.ulp
        else {
            return nil
        }
        return meant
    }

    static func note(_ from: Double, _ to: Double, line: Int, in report: inout Report?) {
        var changed = report ?? Report(line: line, from: from, to: to)
        changed.count += 1
        changed.decimals = max(changed.decimals, decimals(of: to))
        report = changed
    }

    /// Decimal places of the shortest text of a number.
    private static func decimals(of value: Double) -> Int {
        let parts = "\(value)".split(separator: "e")
        let places = parts[0].split(separator: ".").dropFirst().first.map { $0 == "0" ? 0 : $0.count } ?? 0
        guard parts.count == 2, let exponent = Int(parts[1]) else { return places }
        return max(0, places - exponent)
    }
}
