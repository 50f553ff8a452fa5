public import Market

/// Which of two numbers comes first in a date such as 01/05/2015.
public enum DateOrder: String, Sendable, CaseIterable {
    case dayFirst = "day-first"
    case monthFirst = "month-first"
}

/// What stands before the fraction of a number.
public enum DecimalMark: String, Sendable, CaseIterable {
    case point, comma

    var byte: UInt8 { self == .point ? UInt8(ascii: ".") : UInt8(ascii: ",") }
    /// What then may stand between thousands.
    var separator: UInt8 { self == .point ? UInt8(ascii: ",") : UInt8(ascii: ".") }
}

/// What a file may leave open; the raw value is what programs call it.
public enum ReadingOption: String, Sendable, CaseIterable {
    case format, ticker, timeframe, zone
    case dateOrder = "date_order"
    case decimalMark = "decimal_mark"
}

/// What a caller knows of a file better than the file itself.
public struct ReadingOptions: Sendable {
    /// nil: recognised.
    public var format: FileFormat?
    /// Which of several symbols.
    public var ticker: String?
    /// What the bars are going to be called, as a person writes it: pairs are of coins, and tickers of shares.
    public var symbol: String?
    /// nil: understood from the symbol and the file, as well as it goes.
    public var assetType: AssetType?
    /// nil: that of the file's bars, or the next wider one that is kept.
    public var timeframe: Timeframe?
    public var dateOrder: DateOrder?
    public var decimalMark: DecimalMark?
    /// Of times that do not say it themselves, and of the days that shares' shorter bars are joined to; nil: UTC, and the days
    /// of New York.
    public var zone: Zone?
    /// Unix microseconds; a bar that ends later is still forming. nil for bars that are not going to be stored, made-up
    /// ones perhaps: then the clock does not matter.
    public var now: Int64?
    /// How many bars are held in memory to be put in order, where they are not oldest first: ten million take about 700 MB.
    public var maximumUnordered = 10_000_000

    public init() {}

    /// What the bars are going to be called, if it is a pair.
    var pair: String? { symbol.flatMap { SymbolText.isPairOfMoney($0) ? $0 : nil } }
}
