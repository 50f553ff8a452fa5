import Market

/// Digits that no vendor meant: a price that went through a 32-bit float (27.440000534057617 for 27.44), or through
/// sums of doubles (27.439999999999998). Prices are decimals; only without the noise do they fall on ticks, on which
/// averages are exact.
///
/// Noise is a property of a file, and is taken off a row at a time: cell by cell, a high that is the close to the last
/// digit but one would end up below it.
public enum FloatNoise {
    /// What was changed in one file: prices rounded, or, where nothing is noise, highs and lows put where open and close are.
    public struct Report: Equatable, Sendable {
        /// How many prices.
        public internal(set) var count = 0
        /// The most decimals any of them has after rounding: the vendor's real precision.
        public internal(set) var decimals = 0
        /// The first of them, as an example.
        public let line: Int, from: Double, to: Double
    }

    /// Fewer digits than a 32-bit float's noise has are a vendor's own.
    static let suspiciousDigits = 12
    /// What went through a 32-bit float kept no more than eight for certain, whoever wrote them.
    static let floatDigits = 9

    /// The price that was meant, when what is written is that price plus noise; nil when it is to be taken as it is.
    ///
    /// - Parameter isNoisy: whether the file is known to be; then 19.80078125 is 19.800781 with noise that ends early.
    static func removed(from price: NumberText, isNoisy: Bool) -> Double? {
        guard price.digits >= (isNoisy ? floatDigits : suspiciousDigits), price.value.isFinite, price.value > 0 else {
            return nil
        }
        // Of the doubles one in 2^29 is a 32-bit float too: one with so many digits came from there. Fifteen digits or
        // fewer do not write a double whole.
        let short = Float(price.value)
        guard short.isFinite, short > 0 else { return nil }
        let isWhole = price.digits > 15 || price.digits < suspiciousDigits
        let written = isWhole ? 0 : 0.5 * price.value * tenToMinus(price.digits - 1)
        if (Double(short) - price.value).magnitude <= max(noiseInLastPlace * price.value.ulp, written),
            let meant = shortest(short), meant != price.value
        {
            return meant
        }
        guard price.digits >= 15, let meant = rounded(price.value), meant != price.value else { return nil }
        return meant
    }

    /// The double of the fewest decimals that is still that 32-bit float.
    static func shortest(_ float: Float) -> Double? {
        let value = Double(float)
        // Below, the float's text may end in zeros before the point.
        guard plainRange.contains(value) else { return Double("\(float)") }
        for power in NumberText.powers[...16] {
            let meant = TickScale.nearestWhole(value * power) / power
            if Float(meant) == float { return meant }
        }
        return value
    }

    /// Where the text of a number is looked for among decimals: fewer digits than a double's stand before and behind its point.
    private static let plainRange = 1e-5..<1e6

    private static func tenToMinus(_ power: Int) -> Double { 1 / NumberText.powers[min(22, power)] }

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
        let power = NumberText.powers[decimals]
        let whole = (price * power).rounded()
        let meant = whole / power
        // A multiple of 100 among numbers of twelve digits has ten.
        guard whole.truncatingRemainder(dividingBy: 100) == 0, (meant - price).magnitude <= noiseInLastPlace * price.ulp
        else { return nil }
        return meant
    }

    /// Decimal places of the shortest text of a number.
    static func decimals(of value: Double) -> Int {
        if plainRange.contains(value) {
            for (decimals, power) in NumberText.powers[...9].enumerated()
            where TickScale.nearestWhole(value * power) / power == value { return decimals }
        }
        let parts = "\(value)".split(separator: "e")
        let places = parts[0].split(separator: ".").dropFirst().first.map { $0 == "0" ? 0 : $0.count } ?? 0
        guard parts.count == 2, let exponent = Int(parts[1]) else { return places }
        return max(0, places - exponent)
    }

    /// How far a 32-bit float may be off, of one.
    private static let singlePrecision = 0x1p-23
    private static let doublePrecision = 0x1p-48

    /// What a row of open, high, low and close was meant to be; nil when it is to be taken as it is.
    ///
    /// - Parameter isNoisy: whether the file is.
    static func meant(by row: [NumberText], isNoisy: Bool) -> [Double]? {
        let fewest = isNoisy ? floatDigits : suspiciousDigits
        guard row.contains(where: { $0.digits >= fewest }) else { return nil }
        var values = row.map(\.value)
        if isNoisy {
            let removed = row.map { Self.removed(from: $0, isNoisy: true) }
            // What nobody can explain is a product of what was explained: it has no more places.
            var places = 0
            for (price, meant) in zip(row, removed) {
                if let meant {
                    places = max(places, decimals(of: meant))
                } else if price.digits < suspiciousDigits {
                    places = max(places, price.decimals)
                }
            }
            guard (0...22).contains(places) else { return nil }
            let isExplained = zip(row, removed).contains { $1 != nil || $0.digits < suspiciousDigits }
            guard isExplained else { return follow(&values, within: doublePrecision) ? values : nil }
            let power = NumberText.powers[places]
            for (index, meant) in removed.enumerated() {
                if let meant {
                    values[index] = meant
                } else if row[index].digits >= suspiciousDigits, (values[index] * power).magnitude < 0x1p52 {
                    let rounded = (values[index] * power).rounded() / power
                    if rounded > 0 { values[index] = rounded }
                }
            }
        }
        _ = follow(&values, within: isNoisy ? singlePrecision : doublePrecision)
        return values == row.map(\.value) ? nil : values
    }

    /// Lets high and low follow a body that only noise has put beyond them.
    private static func follow(_ values: inout [Double], within noise: Double) -> Bool {
        let (top, bottom) = (max(values[0], values[3]), min(values[0], values[3]))
        let before = values
        if values[1] < top, top - values[1] <= top * noise { values[1] = top }
        if values[2] > bottom, values[2] - bottom <= bottom * noise { values[2] = bottom }
        return values != before
    }

    static func note(_ from: Double, _ to: Double, line: Int, in report: inout Report?) {
        var changed = report ?? Report(line: line, from: from, to: to)
        changed.count += 1
        changed.decimals = max(changed.decimals, decimals(of: to))
        report = changed
    }
}

/// Whether a file's prices went through floats.
struct NoiseSurvey {
    /// Prices with more digits than a vendor gives, and those among them that noise explains.
    private var long = 0, explained = 0
    /// The most decimals of prices with few digits, those apart that are noise if the file is noisy; and of those.
    private var sure = 0, doubtful = 0
    /// The most decimals of prices with many digits, as they are written.
    private var written = 0

    mutating func look(_ price: NumberText) {
        guard price.digits >= FloatNoise.suspiciousDigits else {
            if price.digits >= FloatNoise.floatDigits, let meant = FloatNoise.removed(from: price, isNoisy: true) {
                doubtful = max(doubtful, price.decimals)
                sure = max(sure, FloatNoise.decimals(of: meant))
            } else {
                sure = max(sure, price.decimals)
            }
            return
        }
        long += 1
        written = max(written, price.decimals)
        guard let meant = FloatNoise.removed(from: price, isNoisy: false) else { return }
        explained += 1
        sure = max(sure, FloatNoise.decimals(of: meant))
    }

    /// The vendor's real precision, as far as prices show it.
    var decimals: Int { isNoisy ? sure : max(sure, doubtful, written) }

    /// Computed prices have many digits too, and by chance one of them looks like noise: a tenth are none by chance.
    var isNoisy: Bool { explained > 0 && explained * 10 >= long }
}
