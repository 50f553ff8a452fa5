import HTTP
import JSON
import Market
import PriceFiles

/// What a person may say about a file of bars and about where they go: what `bitstockerz import` takes, by the names of the
/// API.
struct ImportOptions: Sendable {
    /// Ticker or pair as people write it; nil: what the file names.
    var symbol: String?
    var ticker: String?
    var format: FileFormat?
    var dateOrder: DateOrder?
    var decimalMark: DecimalMark?
    var zone: Zone?
    var assetType: AssetType?
    var timeframe: Timeframe?
    var name: String?
    var exchange: String?
    var currency: String?
    var provider: String?
    var adjustment: BarSource.Adjustment?
    var priceBasisDate: CalendarDay?
    var replaces = false
    var skipsInvalid = false

    /// How the file is to be read.
    ///
    /// - Parameters:
    ///   - now: Unix microseconds.
    ///   - maximumUnordered: how many bars may be held in memory to be put in order.
    func reading(now: Int64, maximumUnordered: Int) -> ReadingOptions {
        var options = ReadingOptions()
        (options.format, options.ticker, options.dateOrder) = (format, ticker, dateOrder)
        (options.decimalMark, options.zone, options.timeframe) = (decimalMark, zone, timeframe)
        (options.symbol, options.assetType) = (symbol, assetType)
        (options.now, options.maximumUnordered) = (now, maximumUnordered)
        return options
    }

    /// What is to be stored under a symbol.
    func wish(_ symbol: String) -> BarImport {
        var store = BarStore(name: name, exchange: exchange, currency: currency)
        store.replaces = replaces
        return BarImport(
            symbol: symbol,
            source: BarSource(
                provider: provider ?? "file", adjustment: adjustment ?? .raw, priceBasisDate: priceBasisDate),
            store: store, skipInvalid: skipsInvalid)
    }
}

extension ImportOptions {
    /// As members of the query or the body.
    ///
    /// - Parameter needsSymbol: whether it has to be said where the bars go.
    static func field(_ place: FieldPart.Place, needsSymbol: Bool = false) -> Field<ImportOptions> {
        .group(
            symbol(place, isNeeded: needsSymbol), reading(place), target(place),
            Field<Bool?>.optional(
                place, "replace", .flag, "Put the bars in the place of all that is stored of the series"),
            Field<Bool?>.optional(place, "skip_invalid", .flag, "Store the good lines of a file that has bad ones")
        ) { _, symbol, reading, target, replaces, skipsInvalid in
            var options = reading
            (options.symbol, options.name, options.exchange) = (symbol, target.name, target.exchange)
            (options.currency, options.provider, options.adjustment) = (
                target.currency, target.provider, target.adjustment
            )
            options.priceBasisDate = target.priceBasisDate
            (options.replaces, options.skipsInvalid) = (replaces ?? false, skipsInvalid ?? false)
            return options
        }
    }

    private static func symbol(_ place: FieldPart.Place, isNeeded: Bool) -> Field<String?> {
        let form = Form<String>.line(1...40).example("AAPL")
        let about = "Ticker or pair, as AAPL, ^GSPC, BTC-USD or BTC/USDT"
        return isNeeded
            ? Field<String>.body("symbol", form, about).map { symbol, _ in .some(symbol) }
            : .optional(place, "symbol", form, about + "; what the file names unless given")
    }

    private static func reading(_ place: FieldPart.Place) -> Field<ImportOptions> {
        .group(
            Field<String?>.optional(place, "ticker", .line(1...64), "Which symbol of a file with several"),
            Field<FileFormat?>.optional(place, "format", .choice(), "Whose file it is; recognised unless given"),
            Field<DateOrder?>.optional(place, "date_order", .choice(), "What 01/05/2015 means"),
            Field<DecimalMark?>.optional(place, "decimal_mark", .choice(), "What stands before a fraction"),
            Field<Zone?>.optional(
                place, "zone", .zone,
                "Of times that do not say it, and of days of shares: UTC and New York unless given, an offset, or a place"
            ),
            Field<AssetType?>.optional(place, "asset_type", .choice(), "Understood from the file unless given"),
            Field<Timeframe?>.optional(place, "timeframe", .choice(), "Understood from the file unless given")
        ) { _, ticker, format, dateOrder, decimalMark, zone, assetType, timeframe in
            ImportOptions(
                ticker: ticker, format: format, dateOrder: dateOrder, decimalMark: decimalMark, zone: zone,
                assetType: assetType, timeframe: timeframe)
        }
    }

    private static func target(_ place: FieldPart.Place) -> Field<ImportOptions> {
        .group(
            Field<String?>.optional(
                place, "name", .line(1...255), "Name of a new symbol, or a new name for an old one"),
            Field<String?>.optional(place, "exchange", .line(1...64), "Exchange the symbol is listed at"),
            Field<String?>.optional(
                place, "currency", .currency, "Of the prices; a pair's quote asset, else USD, unless given"),
            Field<String?>.optional(place, "provider", .line(1...64), "Where the bars come from; file unless given"),
            Field<BarSource.Adjustment?>.optional(
                place, "adjustment", .choice(), "What past prices are adjusted for; raw unless given"),
            Field<CalendarDay?>.optional(
                place, "price_basis_date", .day, "Day as of which past prices are adjusted; not of raw ones"),
            make: target)
    }

    private static func target(
        _ reader: inout FieldReader, _ name: String?, _ exchange: String?, _ currency: String?, _ provider: String?,
        _ adjustment: BarSource.Adjustment?, _ priceBasisDate: CalendarDay?
    ) -> ImportOptions? {
        if priceBasisDate != nil, adjustment ?? .raw == .raw {
            reader.mistakes.add(
                "price_basis_date", "OUT_OF_RANGE", "price_basis_date is of adjusted prices: say adjustment, too.")
            return nil
        }
        return ImportOptions(
            name: name, exchange: exchange, currency: currency, provider: provider, adjustment: adjustment,
            priceBasisDate: priceBasisDate)
    }
}

extension Form where Content == String {
    fileprivate static let currency = text(
        .text(pattern: "^[A-Za-z0-9]{2,12}$"), "2 to 12 letters and digits, such as USD", write: { $0 }
    ) { text in
        let isOne = text.utf8.allSatisfy { 65...90 ~= $0 & 0xDF || 48...57 ~= $0 }
        return isOne && (2...12).contains(text.utf8.count) ? text.uppercased() : nil
    }
}

extension Form where Content == Zone {
    fileprivate static let zone = text(
        Form<String>.line(1...64).schema, "UTC, an offset such as +02:00, or a place such as America/New_York",
        write: \.description, parse: Zone.named)
}

/// As a job is told them.
extension ImportOptions {
    var json: Object {
        let words: [(String, String?)] = [
            ("symbol", symbol), ("ticker", ticker), ("format", format?.rawValue), ("date_order", dateOrder?.rawValue),
            ("decimal_mark", decimalMark?.rawValue), ("zone", zone?.description),
            ("asset_type", assetType?.rawValue), ("timeframe", timeframe?.rawValue), ("name", name),
            ("exchange", exchange), ("currency", currency), ("provider", provider),
            ("adjustment", adjustment?.rawValue), ("price_basis_date", priceBasisDate?.description),
        ]
        let flags = [("replace", replaces), ("skip_invalid", skipsInvalid)]
        return Object(
            words.compactMap { name, word in word.map { (name, .string($0)) } } + flags.map { ($0, .bool($1)) })
    }

    init(json: Object) {
        func word<Word: RawRepresentable>(_ name: String) -> Word? where Word.RawValue == String {
            json[name]?.stringValue.flatMap(Word.init)
        }
        (symbol, ticker) = (json["symbol"]?.stringValue, json["ticker"]?.stringValue)
        (format, dateOrder, decimalMark) = (word("format"), word("date_order"), word("decimal_mark"))
        (zone, assetType) = (json["zone"]?.stringValue.flatMap(Zone.named), word("asset_type"))
        (timeframe, adjustment) = (word("timeframe"), word("adjustment"))
        (name, exchange) = (json["name"]?.stringValue, json["exchange"]?.stringValue)
        (currency, provider) = (json["currency"]?.stringValue, json["provider"]?.stringValue)
        priceBasisDate = json["price_basis_date"]?.stringValue.flatMap { CalendarDay($0) }
        replaces = json["replace"]?.boolValue ?? false
        skipsInvalid = json["skip_invalid"]?.boolValue ?? false
    }
}
