internal import struct System.CivilDate

// How sentences for people say what tables, files and programs have in words of their own; the page says it the same way.

/// `1 bar`, `2 bars`, `0 bars`; `3 strategies`; `2 processes`; `1 series`, `2 series`.
public func counted(_ count: Int, _ noun: String) -> String {
    if noun.hasSuffix("ss"), count != 1 { return "\(count) \(noun)es" }
    guard count != 1, !noun.hasSuffix("s") else { return "\(count) \(noun)" }
    let stem = noun.dropLast()
    let isChanged = noun.hasSuffix("y") && !(stem.last.map("aeiou".contains) ?? true)
    return "\(count) " + (isChanged ? stem + "ies" : noun + "s")
}

/// `1 bar is`, `2 bars are`.
public func counted(_ count: Int, are noun: String) -> String { counted(count, noun) + (count == 1 ? " is" : " are") }

extension Timeframe {
    /// Before "bars": `daily`.
    public var adjective: String { self == .day ? "daily" : "hourly" }

    /// The start of a bar (Unix microseconds): `3 Nov 2026`, of an hour `3 Nov 2026 14:00 UTC`. Tables, files and programs
    /// have ``label(_:)``.
    public func written(_ time: Int64) -> String {
        let day = CivilDate(daysSinceEpoch: CivilDate.split(microseconds: time).days).written
        return self == .day ? day : "\(day) \(label(time).dropFirst(11).prefix(5)) UTC"
    }

    /// From the bar that starts at one time to that of another.
    public func span(_ from: Int64, _ to: Int64) -> String {
        from == to ? "on \(written(from))" : "from \(written(from)) to \(written(to))"
    }
}

extension CalendarDay {
    /// `3 Nov 2026`; ``description`` is what tables, files and programs have.
    public var written: String { civil.written }
}

extension CivilDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    fileprivate var written: String { "\(day) \(Self.months[month - 1]) \(year)" }
}

extension AssetType {
    /// One of the kind: `a stock`.
    public var one: String { self == .equity ? "a stock" : "a coin" }

    /// All of the kind: `stocks`.
    public var all: String { self == .equity ? "stocks" : "coins" }
}

extension Price {
    /// With every digit, and two behind the point at least: 142.60, 1,234.50, 0.0000123.
    public var told: String { grouped(WholeNumber.text(units, places: Self.places, minimum: 2)) }
}

extension Money {
    /// 25,000.00.
    public var told: String { (cents < 0 ? "-" : "") + grouped(description.drop { $0 == "-" }) }
}

/// A decimal without a sign, with commas between its thousands.
private func grouped(_ digits: some StringProtocol) -> String {
    let whole = digits.prefix { $0 != "." }
    let thousands = whole.enumerated().reduce("") { text, digit in
        let left = whole.count - digit.offset
        return text + (left % 3 == 0 && digit.offset > 0 ? "," : "") + String(digit.element)
    }
    return thousands + digits.dropFirst(whole.count)
}
