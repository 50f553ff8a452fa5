import Market

/// The bar of one row.
struct RowBar {
    /// What bars are put in order by: the start of the bar, for days the day.
    var time: Int64
    /// The bar it belongs to where several become one; else the same.
    var start: Int64
    var open: Double, high: Double, low: Double, close: Double, volume: Double
    var line: Int

    /// Whether all values are the same.
    func saysSame(as other: RowBar) -> Bool {
        open == other.open && high == other.high && low == other.low && close == other.close && volume == other.volume
    }
}

/// The second time a file is read: rows become bars.
struct BarReading {
    private let name: String
    private let options: ReadingOptions
    private let survey: Survey
    private let layout: Layout
    /// With what the column is called: made once, and not for each row.
    private let columns: [(Int, field: String)]
    private let width: Width
    private let kind: Kind
    private let sessionZone: Zone?
    private var report = ReadingReport()
    private var stream: BarStream
    private var prices: [NumberText] = []
    private var instantBefore: Int64?

    init(file: PriceFile, survey: Survey, kind: Kind, width: Width, stretch: Int) {
        (name, options, self.survey, layout, self.width) = (file.name, file.options, survey, survey.layout, width)
        columns = Array(zip(survey.layout.prices, ["open", "high", "low", "close"]))
        self.kind = kind
        sessionZone = survey.sessionZone(kind, width, options)
        stream = BarStream(
            width, kind.assetType, volumeDecimals: survey.volumeDecimals, now: options.now, stretch: stretch)
        prices.reserveCapacity(4)
    }

    mutating func run(_ source: any ByteSource, _ take: (CandleSeries) throws -> Void) throws -> ReadingReport {
        let opening = survey.opening
        guard let delimiter = opening.delimiter else {
            var data = try DataRows(JSONRows(source, order: layout.members), opening, options)
            return try run(&data, take)
        }
        var data = try DataRows(TextRows(source, delimiter: delimiter.byte), opening, options)
        return try run(&data, take)
    }

    private mutating func run(
        _ data: inout DataRows<some Rows>, _ take: (CandleSeries) throws -> Void
    ) throws -> ReadingReport {
        var gathered =
            survey.track.descending > 0
            ? Ordering(
                maximum: options.maximumUnordered, priceDecimals: survey.priceDecimals,
                volumeDecimals: survey.volumeDecimals)
            : nil
        while let row = try data.next() {
            report.rows += 1
            let line = data.table.line
            switch row {
            case .other: report.skip(line, .otherSymbol)
            case .nothing: report.skip(line, .noPrices)
            case .names: report.skip(line, .namesAgain)
            case .short:
                report.refuse(line, layout.tooFew(data.table.cells.count), in: name)
            case .bar:
                guard let bar = read(data.table.bytes, data.table.cells, line) else { continue }
                if gathered != nil { try gathered!.add(bar) } else { try stream.add(bar, &report, in: name, take) }
            }
        }
        if var ordering = gathered {
            gathered = nil
            try ordering.ordered(&report, in: name) { bar, report in try stream.add(bar, &report, in: name, take) }
        }
        try stream.finish(&report, in: name, take)
        report.refused.sort { $0.line < $1.line }
        report.skipped.sort { $0.line < $1.line }
        return report
    }

    /// nil when the row is refused or passed over; the report then has it.
    private mutating func read(_ bytes: [UInt8], _ cells: [Range<Int>], _ line: Int) -> RowBar? {
        guard let moment = moment(bytes, cells, line) else { return nil }
        prices.removeAll(keepingCapacity: true)
        for (column, field) in columns {
            guard let price = NumberText(bytes, cells[column], survey.mark) else {
                report.refuse(line, "\(field) \(quoted(bytes[cells[column]])) is not a number", in: name)
                return nil
            }
            prices.append(price)
        }
        guard let volume = volume(bytes, cells, line) else { return nil }
        var bar = RowBar(
            time: moment.time, start: moment.start, open: prices[0].value, high: prices[1].value, low: prices[2].value,
            close: prices[3].value, volume: volume, line: line)
        if let meant = FloatNoise.meant(by: prices, isNoisy: survey.noise.isNoisy) {
            for (price, to) in zip(prices, meant) where price.value != to {
                if survey.noise.isNoisy {
                    FloatNoise.note(price.value, to, line: line, in: &report.noise)
                } else {
                    FloatNoise.note(price.value, to, line: line, in: &report.followed)
                }
            }
            (bar.open, bar.high, bar.low, bar.close) = (meant[0], meant[1], meant[2], meant[3])
        }
        if layout.scale != 1 {
            (bar.open, bar.high) = (bar.open / layout.scale, bar.high / layout.scale)
            (bar.low, bar.close) = (bar.low / layout.scale, bar.close / layout.scale)
        }
        if let error = CandleSeries.error(
            open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume)
        {
            report.refuse(line, error.description, in: name)
            return nil
        }
        if let column = layout.quoteVolume, column < cells.count,
            let worth = NumberText(bytes, cells[column], survey.mark, takingUnits: true)
        {
            bar.volume = base(bar, worth.value)
        }
        return bar
    }

    private mutating func volume(_ bytes: [UInt8], _ cells: [Range<Int>], _ line: Int) -> Double? {
        guard let column = layout.volume, !NumberText.isNothing(bytes, cells[column]) else {
            report.withoutVolume += 1
            return 0
        }
        guard let volume = NumberText(bytes, cells[column], survey.mark, takingUnits: true) else {
            report.refuse(line, "volume \(quoted(bytes[cells[column]])) is not a number", in: name)
            return nil
        }
        return volume.value
    }

    /// The volume in coins, of two: what it was worth is near the price times of it. Some vendors' columns change places
    /// within a file.
    private mutating func base(_ bar: RowBar, _ worth: Double) -> Double {
        guard bar.volume > 0, worth > 0, worth < .infinity else { return bar.volume }
        let range = (bar.low / 2)...(bar.high * 2)
        guard !range.contains(worth / bar.volume), range.contains(bar.volume / worth) else { return bar.volume }
        report.swappedVolumes += 1
        return worth
    }

    // MARK: Times

    private mutating func moment(_ bytes: [UInt8], _ cells: [Range<Int>], _ line: Int) -> (time: Int64, start: Int64)? {
        let cell = cells[layout.time]
        guard let text = TimeText(bytes, cell, timeOfDay: layout.timeOfDay.map { cells[$0] }) else {
            report.refuse(line, layout.timeFault(bytes, cells), in: name)
            return nil
        }
        let moment: TimeMeaning.Moment
        switch survey.meaning.read(text) {
        case .moment(let read): moment = read
        case .refused(let reason):
            report.refuse(line, "timestamp \(quoted(bytes[cell])) \(reason)", in: name)
            return nil
        }
        let instant = instant(of: moment), day = Timeframe.day.microseconds
        let time: Int64, start: Int64
        if !width.isAggregated {
            // A day is a date, whatever time of it is written.
            time = width.timeframe == .day ? moment.wall - Self.rest(moment.wall, day) : instant
            start = time
            if let error = CandleSeries.error(time: time, after: nil, timeframe: width.timeframe) {
                report.refuse(
                    line, "\(error.description); if the times are local ones, say --zone\(kind.doubt)", in: name)
                return nil
            }
        } else {
            time = instant
            // The session of an exchange is one day at its place, coins have days of UTC.
            let base =
                sessionZone.map { time + $0.offset(at: time) }
                ?? (kind.assetType == .equity ? moment.wall : instant)
            start = base - Self.rest(base, width.timeframe.microseconds)
        }
        if let now = options.now, time > now - width.source, end(of: time) > now {
            if survey.layout.format.endsWithUnfinishedBar, time <= now {
                report.skip(line, .unfinished)
            } else {
                report.refuse(line, "the bar ends after now, \(Instant(microseconds: now).textInSeconds)", in: name)
            }
            return nil
        }
        return (time, start)
    }

    /// Clocks that go back show an hour twice: which is meant is known from the row before, as long as the file is in order.
    private mutating func instant(of moment: TimeMeaning.Moment) -> Int64 {
        let isNewestFirst = survey.track.descending > survey.track.ascending
        let before = instantBefore ?? (isNewestFirst ? .max : .min)
        let isLater =
            isNewestFirst ? before > moment.later : (moment.instant..<moment.later).contains(before)
        let instant = isLater ? moment.later : moment.instant
        instantBefore = instant
        return instant
    }

    /// When a bar of the file is over, at the latest.
    private func end(of time: Int64) -> Int64 {
        width.isAggregated ? time + width.source : width.end(of: time, kind.assetType)
    }

    /// Never negative.
    private static func rest(_ time: Int64, _ width: Int64) -> Int64 {
        let rest = time % width
        return rest < 0 ? rest + width : rest
    }
}
