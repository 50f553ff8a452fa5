/// A number as a file writes it: `-12.50`, `1,234.5`, `1.234,5`, `$270.49`, `1.5e-05`.
struct NumberText {
    /// The nearest double; infinite when the number is too large for one.
    var value = 0.0
    /// Significant digits, zeros at the end of a fraction apart: 4 for `-0.012340`.
    var digits = 0
    /// Of these, behind the mark.
    var decimals = 0

    /// Longer ones are no numbers.
    private static let longest = 64

    /// nil for what is no number in this form, words for infinity and for no number among it.
    ///
    /// - Parameter bytes: borrowed, for an initialiser takes its arguments over: a count up and down for each cell.
    init?(_ bytes: borrowing [UInt8], _ cell: Range<Int>, _ form: DecimalMark, takingUnits: Bool = false) {
        if readPlain(bytes, cell, form.byte) { return }
        guard cell.count <= Self.longest else { return nil }
        var at = cell.lowerBound, end = cell.upperBound
        var unit = 0
        if takingUnits, at < end {
            switch bytes[end - 1] {
            case UInt8(ascii: "K"), UInt8(ascii: "k"): unit = 3
            case UInt8(ascii: "M"), UInt8(ascii: "m"): unit = 6
            case UInt8(ascii: "B"), UInt8(ascii: "b"): unit = 9
            default: break
            }
            if unit > 0 { end -= 1 }
        }
        var isNegative = false
        if at < end, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
            isNegative = bytes[at] == UInt8(ascii: "-")
            at += 1
        }
        if at < end, bytes[at] == UInt8(ascii: "$") { at += 1 }
        let (mark, separator) = (form.byte, form.separator)
        var mantissa: UInt64 = 0, isLong = false
        var whole = 0, group = 0, isGrouped = false
        var significant = 0, fraction = 0, zeros = 0
        while at < end {
            let byte = bytes[at]
            if byte &- 0x30 <= 9 {
                if significant > 0 || byte != 0x30 { significant += 1 }
                if significant > 18 { isLong = true } else { mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30) }
                (whole, group) = (whole + 1, group + 1)
                at += 1
            } else if let width = Self.separatorWidth(bytes, at, end, separator) {
                guard isGrouped ? group == 3 : (1...3).contains(group) else { return nil }
                (isGrouped, group) = (true, 0)
                at += width
            } else {
                break
            }
        }
        if isGrouped, group != 3 { return nil }
        if at < end, bytes[at] == mark {
            at += 1
            let start = at
            while at < end, bytes[at] &- 0x30 <= 9 {
                let byte = bytes[at]
                if significant > 0 || byte != 0x30 { significant += 1 }
                zeros = byte == 0x30 ? zeros + 1 : 0
                if significant > 18 { isLong = true } else { mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30) }
                fraction += 1
                at += 1
            }
            guard at > start else { return nil }
        } else if whole == 0 {
            return nil
        }
        var exponent = unit
        if at < end, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            var isBelow = false
            if at < end, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
                isBelow = bytes[at] == UInt8(ascii: "-")
                at += 1
            }
            let start = at
            var power = 0
            while at < end, bytes[at] &- 0x30 <= 9 {
                power = min(100_000, power * 10 + Int(bytes[at] &- 0x30))
                at += 1
            }
            guard at > start else { return nil }
            exponent += isBelow ? -power : power
        }
        guard at == end else { return nil }
        digits = max(0, significant - zeros)
        decimals = max(0, fraction - zeros - exponent)
        // Both exact doubles, so that the quotient is the nearest one.
        if !isLong, mantissa < 1 << 53, (-22...22).contains(exponent - fraction) {
            let power = exponent - fraction
            let magnitude = power < 0 ? Double(mantissa) / Self.ten(to: -power) : Double(mantissa) * Self.ten(to: power)
            value = isNegative ? -magnitude : magnitude
            return
        }
        if !isLong, (-18..<0).contains(exponent - fraction),
            let magnitude = Self.quotient(mantissa, power: fraction - exponent)
        {
            value = isNegative ? -magnitude : magnitude
            return
        }
        let plain = bytes[cell.lowerBound..<end].filter {
            0x30...0x39 ~= $0 || $0 == mark || $0 | 0x20 == UInt8(ascii: "e")
        }
        let digitsAlone = plain.prefix { $0 | 0x20 != UInt8(ascii: "e") }.filter { $0 != mark }
        guard let magnitude = Double(String(decoding: digitsAlone, as: UTF8.self) + "e\(exponent - fraction)") else {
            return nil
        }
        value = isNegative ? -magnitude : magnitude
    }

    /// The double nearest to a whole number below 2^60, divided by a power of ten up to the 18th; nil for small ones.
    private static func quotient(_ whole: UInt64, power: Int) -> Double? {
        let (quotient, rest) = (UInt128(whole) << 64).quotientAndRemainder(dividingBy: UInt128(wholePowers[power]))
        // All bits of a double and two more, the last of them set for whatever is behind it: so rounding it is rounding once.
        let extra = 64 - quotient.leadingZeroBitCount
        guard extra > -8 else { return nil }
        let shift = max(0, extra)
        let isExact = rest == 0 && quotient.trailingZeroBitCount >= shift
        let bits = UInt64(truncatingIfNeeded: quotient >> UInt128(shift)) | (isExact ? 0 : 1)
        return Double(sign: .plus, exponent: shift - 64, significand: Double(bits))
    }

    /// As many digits make a whole double.
    private static let plain = 15

    /// Of a cell that has but digits, and the mark among them at the most, as nearly all have; false for others.
    @inline(__always)
    private mutating func readPlain(_ bytes: borrowing [UInt8], _ cell: Range<Int>, _ mark: UInt8) -> Bool {
        let bytes = bytes.span, end = cell.upperBound
        var at = cell.lowerBound, mantissa = 0, significant = 0
        guard end &- at <= Self.plain else { return false }
        while at < end, bytes[at] &- 0x30 <= 9 {
            mantissa = mantissa &* 10 &+ Int(bytes[at] &- 0x30)
            if mantissa > 0 { significant &+= 1 }
            at &+= 1
        }
        guard at < end else {
            (value, digits) = (Double(mantissa), significant)
            return !cell.isEmpty
        }
        guard bytes[at] == mark else { return false }
        at &+= 1
        let start = at
        var zeros = 0
        while at < end, bytes[at] &- 0x30 <= 9 {
            mantissa = mantissa &* 10 &+ Int(bytes[at] &- 0x30)
            if mantissa > 0 { significant &+= 1 }
            zeros = bytes[at] == 0x30 ? zeros &+ 1 : 0
            at &+= 1
        }
        guard at == end, at > start else { return false }
        value = Double(mantissa) / Self.ten(to: at &- start)
        (digits, decimals) = (max(0, significant &- zeros), at &- start &- zeros)
        return true
    }

    private static let wholePowers: [UInt64] = (0...18).map { power in
        (0..<power).reduce(1) { product, _ in product * 10 }
    }
    static let powers: [Double] = (0...22).map(ten)

    /// Exact, as every step to it is. Faster for the few decimals of a price than to look it up.
    private static func ten(to power: Int) -> Double {
        var product = 1.0
        for _ in 0..<power { product *= 10 }
        return product
    }

    /// Bytes of what stands between thousands: the separator of the form, an apostrophe, a space of any width.
    private static func separatorWidth(_ bytes: [UInt8], _ at: Int, _ end: Int, _ separator: UInt8) -> Int? {
        switch bytes[at] {
        case separator, UInt8(ascii: "'"), 0x20: 1
        case 0xC2 where at + 1 < end && bytes[at + 1] == 0xA0: 2
        case 0xE2 where at + 2 < end && bytes[at + 1] == 0x80 && (bytes[at + 2] == 0xAF || bytes[at + 2] == 0x89): 3
        default: nil
        }
    }

    /// What is written where there is no number.
    static func isNothing(_ bytes: [UInt8], _ cell: Range<Int>) -> Bool {
        guard cell.count <= 4 else { return false }
        // None of them begins with a digit, and nearly all cells do.
        if let first = cell.first, bytes[first] &- 0x30 <= 9 { return false }
        var word: UInt64 = 1
        for at in cell { word = word << 8 | UInt64(lowercased(bytes[at])) }
        return nothings.contains(word)
    }

    /// Four bytes at the most, behind a one. Asked of every cell, so no text is made.
    private static let nothings = ["", "-", "--", "nan", "null", "none", "n/a", "na", "nil", "#n/a"].map { text in
        text.utf8.reduce(1 as UInt64) { $0 << 8 | UInt64($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { 65...90 ~= byte ? byte | 0x20 : byte }
}

/// What the numbers of a whole file say about the mark before their fractions. A single `1,234` says nothing.
struct MarkSurvey {
    /// Lines on which it can only be that one.
    private var point: Int?, comma: Int?
    /// Lines of the first comma and of the first point that could be either.
    private var openComma: Int?, openPoint: Int?

    mutating func look(_ bytes: [UInt8], _ cell: Range<Int>, line: Int) {
        var commas = 0, points = 0, last = 0, first = 0
        for at in cell {
            let byte = bytes[at]
            guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: ".") else { continue }
            if byte == UInt8(ascii: ",") { commas += 1 } else { points += 1 }
            if commas + points == 1 { first = at }
            last = at
        }
        guard commas + points > 0 else { return }
        guard commas > 0 || points > 1 || point == nil else { return }
        let after = bytes[(last + 1)..<cell.upperBound].prefix { 0x30...0x39 ~= $0 }.count
        if commas > 0, points > 0 {
            note(bytes[last] == UInt8(ascii: ",") ? .comma : .point, line)
        } else if commas + points > 1 {
            // Groups of three, or nothing known.
            guard after == 3, (last - first) % 4 == 0 else { return }
            note(commas > 0 ? .point : .comma, line)
        } else {
            let before = bytes[cell.lowerBound..<first].filter { 0x30...0x39 ~= $0 }
            let isOpen = after == 3 && (1...3).contains(before.count) && before.first != 0x30
            if !isOpen {
                note(commas > 0 ? .comma : .point, line)
            } else if commas > 0 {
                openComma = openComma ?? line
            } else {
                openPoint = openPoint ?? line
            }
        }
    }

    private mutating func note(_ mark: DecimalMark, _ line: Int) {
        if mark == .point { point = point ?? line } else { comma = comma ?? line }
    }

    /// - Throws: ``ReadingRefusal`` when the file says both, or nothing that decides.
    ///
    /// - Parameter mayHaveComma: whether whoever wrote the file may write fractions behind a comma; then a point before three
    ///   digits says no more than a comma does.
    func mark(mayHaveComma: Bool) throws -> DecimalMark {
        switch (point, comma) {
        case (let point?, let comma?):
            throw ReadingRefusal(
                "numbers here have a point before their fraction, and a comma in line \(max(point, comma) == point ? comma : point)",
                line: max(point, comma))
        case (nil, _?): return .comma
        case (_?, nil): return .point
        case (nil, nil):
            let line = openComma ?? (mayHaveComma ? openPoint : nil)
            guard let line else { return .point }
            throw ReadingRefusal(
                "whether a \(openComma == nil ? "point" : "comma") separates thousands or a fraction cannot be known from this file: say --decimal-mark point or comma",
                line: line, asks: .decimalMark)
        }
    }
}
