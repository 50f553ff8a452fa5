import Market

/// Bars in order on their way out: the same bar twice counts once, several may become one, and stretches of them leave.
struct BarStream {
    private let width: Width
    private let assetType: AssetType
    private let stretch: Int
    private let now: Int64?
    /// A sum of volumes is rounded to what the volumes have.
    private let volumePower: Double
    /// The bars of a whole one, where that is known.
    private let expected: Int?
    private var out = CandleSeries()
    /// Of one time, until a later one comes.
    private var pending: RowBar?, isConflict = false
    private var forming: (bar: RowBar, count: Int, end: Int64)?
    /// How many days of shares were made of so many bars: what is usual is whole.
    /// How long after a day's start its last bar has ended, at the latest: some files have bars from after the session.
    private var longest: Int64 = 0
    private var usual: [Int: Int] = [:], made: [(start: Int64, count: Int)] = []

    init(_ width: Width, _ assetType: AssetType, volumeDecimals: Int, now: Int64?, stretch: Int) {
        (self.width, self.assetType, self.stretch, self.now) = (width, assetType, stretch, now)
        volumePower = NumberText.powers[volumeDecimals]
        expected =
            width.timeframe == .day && assetType == .equity ? nil : Int(width.timeframe.microseconds / width.source)
    }

    mutating func add(
        _ bar: RowBar, _ report: inout ReadingReport, in file: String, _ take: (CandleSeries) throws -> Void
    ) throws {
        guard let before = pending, before.time == bar.time else {
            try release(&report, take)
            (pending, isConflict) = (bar, false)
            return
        }
        if before.saysSame(as: bar) {
            if isConflict {
                report.refuse(bar.line, Self.conflict(before), in: file)
            } else {
                report.skip(max(before.line, bar.line), .repeated)
            }
            return
        }
        if !isConflict { report.refuse(before.line, Self.conflict(bar), in: file) }
        report.refuse(bar.line, Self.conflict(before), in: file)
        isConflict = true
    }

    private static func conflict(_ other: RowBar) -> String {
        "the time is the same as in line \(other.line), with other values: which of them is right cannot be known"
    }

    mutating func finish(
        _ report: inout ReadingReport, in file: String, _ take: (CandleSeries) throws -> Void
    ) throws {
        try release(&report, take)
        if let last = forming {
            forming = nil
            let isOver =
                expected == nil
                ? last.count >= usualCount() : last.bar.start + width.timeframe.microseconds <= last.end
            let over = max(width.end(of: last.bar.start, assetType), last.bar.start + longest)
            let isToCome = now.map { over > $0 } ?? false
            if isOver, !isToCome {
                try emit(last.bar, last.count, &report, take)
            } else {
                report.droppedUnfinished = true
            }
        }
        if expected == nil, width.isAggregated {
            let whole = usualCount()
            for day in made where day.count < whole { Self.note(day.start, &report) }
        }
        if out.count > 0 { try take(out) }
        out = CandleSeries()
    }

    private func usualCount() -> Int { usual.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0 }

    private mutating func release(_ report: inout ReadingReport, _ take: (CandleSeries) throws -> Void) throws {
        guard let bar = pending else { return }
        pending = nil
        guard !isConflict else { return }
        guard width.isAggregated else {
            try append(bar, &report, take)
            return
        }
        let end = bar.time + width.source
        guard let old = forming, old.bar.start == bar.start else {
            if let whole = forming {
                longest = max(longest, whole.end - whole.bar.start)
                try emit(whole.bar, whole.count, &report, take)
            }
            forming = (bar, 1, end)
            return
        }
        var joined = old.bar
        joined.high = max(joined.high, bar.high)
        joined.low = min(joined.low, bar.low)
        joined.close = bar.close
        joined.volume += bar.volume
        forming = (joined, old.count + 1, end)
    }

    /// A bar made of several.
    private mutating func emit(
        _ bar: RowBar, _ count: Int, _ report: inout ReadingReport, _ take: (CandleSeries) throws -> Void
    ) throws {
        if let expected {
            if count < expected { Self.note(bar.start, &report) }
        } else {
            usual[count, default: 0] += 1
            made.append((bar.start, count))
        }
        var bar = bar
        let scaled = bar.volume * volumePower
        if scaled < 0x1p52 { bar.volume = scaled.rounded() / volumePower }
        try append(bar, &report, take)
    }

    private mutating func append(
        _ bar: RowBar, _ report: inout ReadingReport, _ take: (CandleSeries) throws -> Void
    ) throws {
        out.append(time: bar.start, open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume)
        report.bars += 1
        report.span = (report.span?.lowerBound ?? bar.start)...bar.start
        guard out.count == stretch else { return }
        try take(out)
        out = CandleSeries()
        out.reserveCapacity(stretch)
    }

    /// Of which the starts are told: a whole file of such bars takes no memory for them.
    private static let named = 10_000

    private static func note(_ start: Int64, _ report: inout ReadingReport) {
        report.partial += 1
        if report.partialStarts.count < named { report.partialStarts.append(start) }
    }
}
