import Market

/// What a file says of itself, all of it: the first of the two times it is read.
///
/// What a number or a date means is only known at the end, so the survey begins with what is usual and starts anew where
/// that was wrong.
struct Survey {
    let opening: Table.Opening
    private(set) var layout: Layout
    private(set) var mark = DecimalMark.point
    private(set) var meaning = TimeMeaning(shape: .yearFirst)
    private(set) var symbols: [String] = []
    private(set) var track = TimeTrack()
    private(set) var steps = Steps()
    private(set) var noise = NoiseSurvey()
    /// Rows that can be bars.
    private(set) var rows = 0
    /// How many volumes have so many decimals, of those that are no sums of doubles: these have fifteen digits and more.
    private var volumes = [Int](repeating: 0, count: 13)
    /// The first line in which nothing can be read.
    private var unread: (line: Int, reason: String)?
    private var hasFractions = false, lowest = Double.infinity
    /// How many bars would be impossible in each of ``Layout/orders``.
    private var impossible = [Int](repeating: 0, count: Layout.orders.count)

    private static let maximumTurns = 4

    init(_ source: any ByteSource, _ options: ReadingOptions) throws {
        opening = try Table.open(source, options)
        layout = opening.layout
        mark = options.decimalMark ?? .point
        if layout.symbol == nil, layout.ticker == nil, let ticker = options.ticker {
            throw ReadingRefusal(
                "the file does not say which symbol its bars are of: leave --ticker \(ticker) out",
                asks: .ticker)
        }
        if let ticker = layout.ticker, let wanted = options.ticker, !SymbolText.isSame(ticker, wanted) {
            throw ReadingRefusal.noSuchSymbol(wanted, among: [ticker])
        }
        var meaning: TimeMeaning?
        for _ in 0..<Self.maximumTurns {
            let found = try look(source, options, meaning)
            guard let written = found.meaning else { throw Self.nothing(unread) }
            let isSame = written == found.used && found.mark == mark
            (meaning, mark) = (written, found.mark)
            if isSame { break }
        }
        guard let meaning else { throw Self.nothing(unread) }
        self.meaning = meaning
        steps = track.steps
        try settle(options)
    }

    private static func nothing(_ unread: (line: Int, reason: String)?) -> ReadingRefusal {
        let why = unread.map { ": \($0.reason)" } ?? ""
        return ReadingRefusal("no line has a time and four prices that can be read\(why)", line: unread?.line)
    }

    /// Reads the file once, taking times to mean what was found the last time, and otherwise what the first of them says.
    private mutating func look(
        _ source: any ByteSource, _ options: ReadingOptions, _ known: TimeMeaning?
    ) throws -> (meaning: TimeMeaning?, used: TimeMeaning?, mark: DecimalMark) {
        guard let delimiter = opening.delimiter else {
            var data = try DataRows(JSONRows(source, order: layout.members), opening, options)
            return try look(&data, options, known)
        }
        var data = try DataRows(TextRows(source, delimiter: delimiter.byte), opening, options)
        return try look(&data, options, known)
    }

    private mutating func look(
        _ data: inout DataRows<some Rows>, _ options: ReadingOptions, _ known: TimeMeaning?
    ) throws -> (meaning: TimeMeaning?, used: TimeMeaning?, mark: DecimalMark) {
        var dates = DateSurvey(), marks = MarkSurvey(), meaning = known
        (track, noise, rows) = (TimeTrack(), NoiseSurvey(), 0)
        volumes = [Int](repeating: 0, count: volumes.count)
        (hasFractions, lowest, impossible) = (false, .infinity, [Int](repeating: 0, count: Layout.orders.count))
        let columns = layout.prices + (layout.volume.map { [$0] } ?? [])
        let prices = layout.names.isEmpty ? Array(layout.prices.sorted()) : layout.prices
        let isPlain = layout.names.isEmpty && layout.format == .plain
        var values = [Double](repeating: 0, count: 4)
        while let row = try data.next() {
            let (bytes, cells, line) = (data.table.bytes, data.table.cells, data.table.line)
            guard case .bar = row else {
                if unread == nil, let reason = layout.reason(of: row, cells.count) { unread = (line, reason) }
                continue
            }
            rows += 1
            for column in columns { marks.look(bytes, cells[column], line: line) }
            if let text = TimeText(bytes, cells[layout.time], timeOfDay: layout.timeOfDay.map { cells[$0] }) {
                dates.look(text, line: line, quoted(bytes[cells[layout.time]]))
                // Which order a date has is not known in the first turn; the other order would be the same for widths.
                if meaning == nil { meaning = Self.first(text, options) }
                if case .moment(let moment)? = meaning?.read(text) { track.add(moment) }
            } else if unread == nil {
                unread = (line, layout.timeFault(bytes, cells))
            }
            for (index, column) in prices.enumerated() {
                guard let price = NumberText(bytes, cells[column], mark) else {
                    values[index] = .nan
                    continue
                }
                values[index] = price.value
                noise.look(price)
                if price.decimals > 0 { hasFractions = true }
            }
            lowest = values.reduce(lowest) { min($0, $1) }
            if isPlain { judge(values) }
            if let column = layout.volume,
                let volume = NumberText(bytes, cells[column], mark, takingUnits: true), volume.digits < 15
            {
                volumes[min(volume.decimals, volumes.count - 1)] += 1
            }
        }
        symbols = data.symbols
        if let ticker = options.ticker, layout.symbol != nil, rows == 0, !symbols.isEmpty {
            throw ReadingRefusal.noSuchSymbol(ticker, among: symbols)
        }
        if symbols.count > 1, options.ticker == nil { throw ReadingRefusal.severalSymbols(symbols) }
        let written = try dates.meaning(options)
        // Where a fraction follows a comma, thousands may be set off by points.
        let mayHaveComma =
            opening.delimiter?.byte == UInt8(ascii: ";") || written?.shape == .points
            || written?.shape == .numbers && written?.order == .dayFirst
        return (written, meaning, try options.decimalMark ?? marks.mark(mayHaveComma: mayHaveComma))
    }

    private static func first(_ text: TimeText, _ options: ReadingOptions) -> TimeMeaning {
        TimeMeaning(
            shape: text.shape, order: options.dateOrder ?? .monthFirst,
            unit: TimeMeaning.unit(largest: Int(text.first.magnitude)), zone: options.zone ?? .utc)
    }

    private mutating func judge(_ values: [Double]) {
        for (index, order) in Layout.orders.enumerated() {
            let (open, high, low, close) = (
                values[order.columns[0]], values[order.columns[1]], values[order.columns[2]], values[order.columns[3]]
            )
            if !(high >= open && high >= close && low <= open && low <= close) { impossible[index] += 1 }
        }
    }

    /// What follows from all rows.
    private mutating func settle(_ options: ReadingOptions) throws {
        if layout.names.isEmpty, layout.format == .plain, options.format == nil {
            // The usual order, unless another makes bars possible that it makes impossible.
            let best = impossible.indices.min { (impossible[$0], $0) < (impossible[$1], $1) } ?? 0
            if best != 0 {
                let tied = impossible.indices.filter { impossible[$0] == impossible[best] }
                guard tied.count == 1, impossible[best] == 0 else {
                    throw ReadingRefusal(
                        "which of the columns are open, high, low and close cannot be known from this file: say --format plain, coinbase or bitfinex",
                        asks: .format)
                }
                let start = layout.prices.min() ?? 1, order = Layout.orders[best]
                layout.format = order.format
                (layout.open, layout.high) = (start + order.columns[0], start + order.columns[1])
                (layout.low, layout.close) = (start + order.columns[2], start + order.columns[3])
            }
        }
        let isOfCoins = options.assetType.map { $0 == .crypto } ?? (options.pair != nil || hasFractions)
        if layout.format == .lean, !isOfCoins {
            layout.scale = 10_000
        }
    }

    /// Where the days are that shorter bars are joined to, as far as the times do not say it: a session of shares is one day at
    /// its exchange. nil: where the times are written.
    func sessionZone(_ kind: Kind, _ width: Width, _ options: ReadingOptions) -> Zone? {
        guard kind.assetType == .equity, width.isAggregated, !track.hasLocalTimes else { return nil }
        return options.zone ?? .newYork
    }

    /// - Throws: ``ReadingRefusal`` where it would have to be guessed which moments make one day at an exchange.
    func checkDays(
        _ kind: Kind, _ width: Width, _ options: ReadingOptions, listedAt exchange: String?
    ) throws(ReadingRefusal) {
        guard options.zone == nil, let exchange, sessionZone(kind, width, options) != nil,
            !Listing.keepsNewYorkDays(exchange)
        else { return }
        throw ReadingRefusal(
            "the times do not say where they are, and the days that they are joined to are those of \(exchange): say --zone with "
                + "their place, such as Europe/London", asks: .zone)
    }

    /// The most that a price has, in units of money.
    var priceDecimals: Int {
        // Scales are powers of ten.
        noise.decimals + FloatNoise.decimals(of: 1 / layout.scale)
    }

    /// Decimals that no more than one volume of a hundred goes beyond: some sums of doubles have few digits.
    var volumeDecimals: Int {
        var few = volumes.reduce(0, +) / 100, decimals = volumes.count - 1
        while decimals > 0, volumes[decimals] <= few {
            few -= volumes[decimals]
            decimals -= 1
        }
        return decimals
    }
}
