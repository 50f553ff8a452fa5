import JSON
import Jobs
import Market
import Postgres
import Providers

/// One series on its way from a vendor into the database: what is asked for, and how it is stored.
struct Ingestion {
    /// So many bars at least are stored at once, but for the last ones: every time is a new revision of the series.
    private static let stretch = 4_096
    /// How often the job's row is looked after while a vendor is waited for.
    private static let lookMilliseconds = 100
    /// So long before the last stored bar is asked for again, because vendors correct what is recent: two weeks of days,
    /// in which a split shows, and three days of hours.
    private static func overlap(_ timeframe: Timeframe) -> Int64 {
        (timeframe == .day ? 14 : 3) * Timeframe.day.microseconds
    }
    /// A whole series that comes anew after a split has nearly as many bars as the one it replaces.
    private static let fewestKept = 0.9

    private let wish: IngestBars.Payload
    private let access: PriceProviderAccess
    private let exchanges: any ProviderExchanges
    private let auditLog: AuditLog?
    private let series: BarSeries
    /// Nil until a new symbol has its first bars.
    private var symbolID: Int?
    private let source: BarSource
    private let now: Instant
    /// As it was in the beginning.
    private let stored: SeriesState?
    private var steps: [Step]
    /// Where the series begins, with what is filled in before it.
    private let oldest: Int64
    private var report = IngestionReport()

    /// One range that is asked for.
    private struct Step {
        enum Manner {
            /// Stored as it comes.
            case goOn
            /// Of older bars than the stored ones: at once or not at all, for nobody would know of a gap between the two.
            case fillIn
            /// In the place of all that is stored; only where it is not much less.
            case replace(fewest: Int)
        }

        let manner: Manner
        let range: Range<Int64>

        init(_ manner: Manner, from first: Int64, to end: Int64) {
            (self.manner, range) = (manner, min(first, end)..<end)
        }
    }

    /// - Throws: ``BarStore/Refusal`` when the vendor's bars may not go into what is stored.
    init(
        _ wish: IngestBars.Payload, _ access: PriceProviderAccess, _ service: ProviderService,
        _ exchanges: any ProviderExchanges, _ auditLog: AuditLog?, now: Instant, in db: inout Connection
    ) throws {
        (self.wish, self.access, self.exchanges, self.auditLog, self.now) = (wish, access, exchanges, auditLog, now)
        series = BarSeries(symbol: wish.symbol, assetType: wish.assetType, timeframe: wish.timeframe)
        let symbol = try db.run(.symbol(wish.symbol))
        guard wish.symbolID == nil || wish.symbolID == symbol?.id else {
            throw BarStore.Refusal.retired(symbol: wish.symbol)
        }
        symbolID = symbol?.id
        if let symbol, symbol.assetType != wish.assetType {
            throw BarStore.Refusal.otherKind(symbol: symbol.symbol, is: symbol.assetType)
        }
        stored = try symbol.flatMap { try db.run(.state(ofSymbol: $0.id, wish.timeframe)) }
        let isNew = stored == nil || wish.replaces
        // Prices that have not changed are still those of the day on which they came whole.
        source = BarSource(
            provider: wish.provider, adjustment: service.adjustment,
            priceBasisDate: service.adjustment == .raw ? nil : isNew ? now.day : stored?.source?.priceBasisDate)
        if let kept = stored?.source, !wish.replaces { try kept.check(takes: source, symbol: wish.symbol) }
        let earliest = service.earliestDay.start.microseconds, end = now.microseconds
        let from = max(wish.from?.start.microseconds ?? earliest, earliest)
        oldest = min(stored?.first ?? from, wish.from == nil ? .max : from)
        if wish.replaces {
            steps = [Step(.replace(fewest: 1), from: from, to: end)]
        } else if let stored {
            // Where a split is waited for it shows in the bars before it.
            let last = max(stored.first, (stored.tradesUntil ?? stored.last) - Self.overlap(wish.timeframe))
            steps = [Step(.goOn, from: last, to: end)]
            if wish.from != nil, from < stored.first {
                steps.insert(Step(.fillIn, from: from, to: min(end, stored.first)), at: 0)
            }
        } else {
            steps = [Step(.goOn, from: from, to: end)]
        }
    }

    /// - Throws: ``ProviderError``, ``BarStore/Refusal``, what the job and the database throw.
    mutating func run(_ job: inout RunningJob, in db: inout Connection) throws -> IngestionReport {
        while !steps.isEmpty {
            let step = steps.removeFirst()
            do { try take(step, &job, in: &db) } catch let refusal as BarStore.Refusal {
                guard let change = refusal.change, case .goOn = step.manner, let stored else { throw refusal }
                report.change = change
                if case .split(_, let ratio, _) = refusal { report.split = ratio }
                let fewest = Int(Double(stored.count) * Self.fewestKept)
                steps = [Step(.replace(fewest: fewest), from: oldest, to: now.microseconds)]
            }
        }
        guard report.bars > 0 || stored != nil else { throw ProviderError.notFound(symbol: wish.symbol) }
        return report
    }

    /// Asks for a range, and stores it.
    private mutating func take(_ step: Step, _ job: inout RunningJob, in db: inout Connection) throws {
        let request = FetchRequest(
            series.symbol, series.assetType, series.timeframe, step.range, now: now.microseconds,
            credentials: access.credentials)
        let fetch = try BarFetch(request, of: access.provider, by: exchanges, isUnderWay: report.requests > 0)
        defer { fetch.stop() }
        var waiting = CandleSeries(), done = 0.0
        while true {
            try job.check(done, in: &db)
            switch try fetch.next(milliseconds: Self.lookMilliseconds) {
            case nil: continue
            case .bars(let bars)?:
                waiting.append(bars)
                if let last = bars.times.last {
                    done = Double(last - step.range.lowerBound) / Double(max(1, step.range.count))
                }
                if case .goOn = step.manner, waiting.count >= Self.stretch {
                    try store(waiting, job, in: &db)
                    waiting = CandleSeries()
                }
            case .end(let end)?:
                report.requests += end.requests
                report.leftOut += end.leftOut
                report.impossible.formUnion(end.impossible)
                return try finish(step, waiting, job, in: &db)
            }
        }
    }

    private mutating func finish(
        _ step: Step, _ bars: CandleSeries, _ job: RunningJob, in db: inout Connection
    ) throws {
        guard case .replace(let fewest) = step.manner else { return try store(bars, job, in: &db) }
        guard bars.count > 0 else { throw ProviderError.notFound(symbol: wish.symbol) }
        guard bars.count >= fewest else {
            throw ProviderError.badBars(
                "where all prices have changed, the answer has \(counted(bars.count, "bar")) in the place of \(stored?.count ?? 0) stored ones, which stay"
            )
        }
        try store(bars, job, replacing: true, in: &db)
    }

    private mutating func store(
        _ bars: CandleSeries, _ job: RunningJob, replacing: Bool = false, in db: inout Connection
    ) throws {
        var store = BarStore()
        (store.replaces, store.symbolID, store.auditLog) = (replacing, symbolID, auditLog)
        let isAdjusted = source.adjustment != .raw
        let source =
            replacing && isAdjusted
            ? BarSource(provider: source.provider, adjustment: source.adjustment, priceBasisDate: now.day) : source
        let outcome = try store.store(
            series, from: source, in: &db, alongside: { _, db in try job.ensureHeld(in: &db) }
        ) { put in
            for start in stride(from: 0, to: bars.count, by: Self.stretch) {
                try put(bars.slice(start..<min(start + Self.stretch, bars.count)))
            }
        }
        guard let outcome else { return }
        symbolID = outcome.symbolID
        report.add(outcome)
    }
}

/// What an import came to.
struct IngestionReport {
    fileprivate(set) var added = 0, changed = 0, unchanged = 0, removed = 0
    /// How often the vendor was asked.
    fileprivate(set) var requests = 0
    /// Bars of the vendor's that begin at no hour or day.
    fileprivate(set) var leftOut = 0
    /// When the vendor's bars begin that cannot be, and were left out.
    fileprivate(set) var impossible: Set<Int64> = []
    /// Of the series, afterwards.
    fileprivate(set) var bars = 0
    private var first: Int64?, last: Int64?
    /// Why the whole series was fetched anew; nil: it was not.
    fileprivate(set) var change: PriceChange?
    /// By which ratio it was different then; nil: by more than one.
    fileprivate(set) var split: Double?

    fileprivate mutating func add(_ outcome: BarStore.Outcome) {
        added += outcome.added
        changed += outcome.changed
        unchanged += outcome.unchanged
        removed += outcome.removed
        (bars, first, last) = (outcome.count, outcome.first, outcome.last)
    }

    func json(_ wish: IngestBars.Payload) -> [UInt8] {
        func time(_ time: Int64?) -> Value { time.map { .string(wish.timeframe.label($0)) } ?? .null }
        func number(_ number: Int) -> Value { .number(Number(number)) }
        return Value.object([
            "symbol": .string(wish.symbol), "interval": .string(wish.timeframe.rawValue),
            "provider": .string(wish.provider), "added": number(added), "changed": number(changed),
            "unchanged": number(unchanged), "removed": number(removed), "bars": number(bars), "first": time(first),
            "last": time(last), "left_out": number(leftOut), "impossible": number(impossible.count),
            "first_impossible": time(impossible.min()), "requests": number(requests),
            "fetched_anew": change.map { .string($0.rawValue) } ?? .null,
            "split_ratio": split.map { .number(Number($0)) } ?? .null,
        ]).bytes
    }
}
