import Market
import Postgres
import SeededNumbers
import TestSupport
import Testing

@testable import App

@Suite struct BarStoreTests {
    private static let database = try! TestDatabase()
    private static let source = BarSource(provider: "test")

    private static func series(_ symbol: String, _ timeframe: Timeframe = .hour) -> BarSeries {
        BarSeries(symbol: symbol, assetType: .crypto, timeframe: timeframe)
    }

    /// Bars of these hours or days since 1970, whose prices have so many decimals.
    private static func bars(
        _ places: some Sequence<Int>, _ timeframe: Timeframe = .hour, decimals: Int = 2, raised: Double = 0
    ) -> CandleSeries {
        var bars = CandleSeries(), unit = 1.0
        for _ in 0..<decimals { unit *= 10 }
        for place in places {
            let price = (Double(place % 977 + 1) * unit + 1) / unit + raised
            bars.append(
                time: Int64(place) * timeframe.microseconds, open: price, high: price + 1, low: price, close: price,
                volume: Double(place))
        }
        return bars
    }

    @discardableResult
    private func store(
        _ batches: [CandleSeries], as symbol: String, _ timeframe: Timeframe = .hour, in db: inout Connection
    ) throws -> BarStore.Outcome? {
        try BarStore().store(Self.series(symbol, timeframe), from: Self.source, in: &db) { put in
            for bars in batches { try put(bars) }
        }
    }

    /// What the series' row says, and what it says when the series is read anew.
    private func states(
        of symbol: String, _ timeframe: Timeframe = .hour, in db: inout Connection
    ) throws -> (kept: SeriesState?, found: SeriesState?) {
        let id = try db.run(Query<Int>.value("SELECT id FROM symbols WHERE symbol = $1", symbol))
        let kept = try db.run(.state(ofSymbol: id, timeframe))
        let bars = try db.run(.bars(BarTable(.crypto, timeframe), symbol: id, from: nil, to: nil, warmUp: 0))
        guard let first = bars.times.first, let last = bars.times.last else { return (kept, nil) }
        let found = SeriesState(
            first: first, last: last, count: bars.count, tickExponent: TickScale.find(in: bars)?.exponent,
            revision: kept?.revision ?? 0, source: kept?.source)
        return (kept, found)
    }

    @Test(arguments: 0..<24)
    func `whatever comes in, the series' row says what reading the whole series would`(_ seed: Int) throws {
        var numbers = SplitMix(seed: UInt64(seed))
        var db = try Self.database.connect()
        let symbol = "SEED\(seed)-USD", timeframe = seed % 2 == 0 ? Timeframe.hour : .day
        var stored: [Int64: [Double]] = [:], revision = 0
        for round in 0..<12 {
            // New ones behind, in front and between, again the same ones, and others in their place.
            let batches = (0..<numbers.next(in: 1...3)).map { _ in
                let first = numbers.next(in: 0...400), count = numbers.next(in: 1...(round < 6 ? 60 : 250))
                let step = numbers.next(in: 1...2)
                // Mostly cents, seldom a finer tick, so that one correction makes the series coarser again.
                let decimals = numbers.next(in: 0...9) == 0 ? numbers.next(in: 3...10) : 2
                let raised = numbers.next(in: 0...5) == 0 ? 0.5 : numbers.next(in: 0...40) == 0 ? 900_000 : 0
                return Self.bars(
                    stride(from: first, to: first + count * step, by: step), timeframe, decimals: decimals,
                    raised: raised)
            }
            var added = 0, changed = 0
            for bars in batches {
                for index in 0..<bars.count {
                    let values = [
                        bars.open[index], bars.high[index], bars.low[index], bars.close[index], bars.volume[index],
                    ]
                    let before = stored.updateValue(values, forKey: bars.times[index])
                    if before == nil { added += 1 } else if before != values { changed += 1 }
                }
            }
            let outcome = try #require(try store(batches, as: symbol, timeframe, in: &db))
            if added + changed > 0 { revision += 1 }
            #expect(
                [outcome.added, outcome.changed, outcome.revision] == [added, changed, revision], "round \(round)")
            #expect(outcome.added + outcome.changed + outcome.unchanged == batches.map(\.count).reduce(0, +))
            let (kept, found) = try states(of: symbol, timeframe, in: &db)
            #expect(kept == found, "round \(round)")
            #expect(kept?.count == stored.count && kept?.revision == revision)
            #expect(
                [outcome.first, outcome.last] == [found?.first, found?.last] && outcome.count == found?.count
                    && outcome.tickExponent == found?.tickExponent)
        }
    }

    @Test func `bars without a row that knows of them are counted when more come`() throws {
        var db = try Self.database.connect()
        try store([Self.bars(0..<300, decimals: 4)], as: "LOST-USD", in: &db)
        try db.script("DELETE FROM bar_series WHERE symbol_id = (SELECT id FROM symbols WHERE symbol = 'LOST-USD')")
        let outcome = try store([Self.bars(299..<310)], as: "LOST-USD", in: &db)
        #expect(outcome?.count == 310 && outcome?.tickExponent == 4)
        let (kept, found) = try states(of: "LOST-USD", in: &db)
        #expect(kept == found)
    }

    @Test func `batches without a bar store nothing, not even a symbol`() throws {
        var db = try Self.database.connect()
        #expect(try store([], as: "NONE-USD", in: &db) == nil)
        #expect(try store([CandleSeries()], as: "NONE-USD", in: &db) == nil)
        #expect(try db.run(.value("SELECT count(*) FROM symbols WHERE symbol = 'NONE-USD'")) == 0)
    }

    @Test func `a delivery that ends half-way leaves nothing`() throws {
        struct Hung: Error {}
        var db = try Self.database.connect()
        #expect(throws: Hung.self) {
            try BarStore().store(Self.series("HUNG-USD"), from: Self.source, in: &db) { put in
                for page in 1..<3 { try put(Self.bars(page * 10..<page * 10 + 10)) }
                throw Hung()
            }
        }
        #expect(try db.run(.value("SELECT count(*) FROM symbols WHERE symbol = 'HUNG-USD'")) == 0)
        #expect(db.isInTransaction == false && db.timeouts.statementMilliseconds == 10_000)
    }

    @Test func `who stores the same again writes nothing`() throws {
        var db = try Self.database.connect()
        try store([Self.bars(0..<1_000)], as: "QUIET-USD", in: &db)
        let marks = Query<[String]>.values(
            """
            SELECT DISTINCT b.xmin::text || ' ' || b.xmax::text FROM crypto_hourly_bars b JOIN symbols s ON s.id = symbol_id
            WHERE s.symbol = 'QUIET-USD'
            """)
        let before = try db.run(marks)
        let outcome = try store([Self.bars(0..<1_000)], as: "QUIET-USD", in: &db)
        #expect(outcome?.unchanged == 1_000 && outcome?.revision == 1)
        #expect(try before.count == 1 && db.run(marks) == before)
    }

    @Test(arguments: [false, true])
    func `a few bars among many stored ones are told apart`(_ isTrial: Bool) throws {
        var db = try Self.database.connect()
        let symbol = "FEW\(isTrial ? 1 : 0)-USD"
        try store([Self.bars(stride(from: 0, to: 2_000, by: 2))], as: symbol, in: &db)
        // The same, one between, another, the same: over all of the series, and over the end of it.
        for (first, revision) in [(0, 2), (1_990, 3)] {
            var bars = Self.bars([first, first + 3])
            bars.append(Self.bars([1_996], raised: 1))
            bars.append(Self.bars([1_998]))
            var trial = BarStore()
            trial.isTrial = isTrial
            let outcome = try trial.store(Self.series(symbol), from: Self.source, in: &db) { put in try put(bars) }
            let changed = isTrial || first == 0 ? 1 : 0
            #expect(
                [outcome?.added, outcome?.changed, outcome?.unchanged] == [1, changed, 3 - changed], "from \(first)")
            #expect(outcome?.revision == (isTrial ? 2 : revision))
        }
        let (kept, found) = try states(of: symbol, in: &db)
        #expect(kept == found && kept?.count == (isTrial ? 1_000 : 1_002))
    }
}
