import Daemon
import JSON
import Market
import Postgres
import PriceFiles
import TestSupport
import Testing

@testable import App

/// Prices of stocks go back beyond 1970, and whatever is worked out from them does.
@Suite struct EveryDayTests {
    private let installation: Installation
    private let user: TestBrowser

    init() throws {
        installation = try Installation()
        user = try installation.user().browser
    }

    /// Daily bars from this day on, with prices in cents that move enough to trade.
    private static func file(from day: CalendarDay, count: Int) throws -> PriceFile {
        var lines: [String] = [], time = day.daysSinceEpoch
        for place in 0..<count {
            let price = 100 + (place / 12 % 2 == 0 ? place % 12 : 12 - place % 12)
            lines.append(
                "\(CalendarDay(daysSinceEpoch: time)!),\(price).25,\(price + 1).5,\(price - 1).75,\(price).5,1000")
            time += 1
        }
        return try TestPrices.file(lines, .crypto, now: CalendarDay.last.start.microseconds)
    }

    @Test(arguments: [
        ("0001-01-01", "FIRST"), ("1800-01-01", "OLD"), ("1927-12-30", "CRASH"), ("1969-11-15", "EPOCH"),
        ("2199-12-01", "LATER"), ("9999-09-20", "LAST"),
    ])
    func `bars of any year are imported, shown, tested, exported and verified`(_ first: String, _ name: String) throws {
        let symbol = name + "-USD"
        let day = try #require(CalendarDay(first))
        let last = try #require(CalendarDay(daysSinceEpoch: day.daysSinceEpoch + 99)).description
        var db = try installation.database.connect()
        let outcome = try BarImport(symbol: symbol).run(Self.file(from: day, count: 100), in: &db).outcome
        #expect(outcome.added == 100 && outcome.first == day.start.microseconds)

        for range in ["start=\(first)&end=\(last)", "start=0001-01-01&end=9999-12-31", "end=\(last)", ""] {
            let target = "/api/market-data/crypto/candles?symbol=\(symbol)&limit=500&\(range)"
            let bars = try user.send("GET", target).json?.arrayValue ?? []
            #expect(bars.count == 100 && bars.first?.objectValue?["date"] == .string(first), "\(range)")
        }
        let series = try user.send("GET", "/api/symbols/\(symbol)").object?["series"]?.arrayValue?.first?.objectValue
        #expect(series?["first"] == .string(first) && series?["last"] == .string(last))

        let definition = try parse(Array(TestDefinition.crossing.utf8))
        let strategy = try user.send(
            "POST", "/api/strategies",
            ["name": .string(name), "asset_type": "CRYPTO", "timeframe": "1d", "definition": definition])
        let preview = try user.send(
            "POST", "/api/strategies/preview",
            [
                "definition": definition, "symbol": .string(symbol), "timeframe": "1d",
                "range": ["start_date": .string(first), "end_date": .string(last)],
            ])
        #expect(preview.status == 200, "\(preview.text)")
        var hashes: Set<String> = []
        for (start, end) in [(first, last), ("0001-01-01", "9999-12-31"), (first, "9999-12-31")] {
            let queued = try user.send(
                "POST", "/api/backtests",
                [
                    "strategy_id": strategy.object?["id"] ?? .null, "symbol": .string(symbol), "timeframe": "1d",
                    "start_date": .string(start), "end_date": .string(end),
                ])
            #expect(queued.status == 202, "\(queued.text)")
            let path = "/api/backtests/" + (queued.object?["id"]?.stringValue ?? "")
            let simulation = SimulateRun(installation.configuration, log: Log(minimum: .error))
            #expect(try simulation.runNext(as: "test", in: &db) { _ in })
            let run = try user.send("GET", path).object
            #expect(run?["status"] == "completed", "\(run ?? [:])")
            hashes.insert(run?["result_hash"]?.stringValue ?? "")
            #expect(run?["trades"]?.objectValue?["total"] != .number(Number(0)))
            let curve = try user.send("GET", path + "/equity.csv").text.split(whereSeparator: \.isNewline)
            #expect(curve.count == 101 && curve[1].hasPrefix(first) && curve[100].hasPrefix(last), "\(curve.prefix(2))")
            #expect(try user.send("GET", path + "/trades.csv").text.contains(first.prefix(2)))
            #expect(try user.send("GET", path + "/report.json").status == 200)
            let verifying = try user.send("POST", path + "/verify", [:])
            let verification = VerifyRun(installation.configuration, log: Log(minimum: .error))
            #expect(try verification.runNext(as: "test", in: &db) { _ in })
            let job = try user.send("GET", verifying["Location"] ?? "").object
            #expect(job?["result"]?.objectValue?["outcome"] == "match", "\(verifying.text) \(job ?? [:])")
        }
        #expect(hashes.count == 1, "the result depends on the bars, not on how far the range goes beyond them")
    }

    @Test func `a date that no calendar has is an error, not the end, wherever it came from`() throws {
        var db = try installation.database.connect()
        let id = try db.query(
            "INSERT INTO symbols (symbol, name, asset_type) VALUES ('ABSURD', 'x', 'EQUITY') RETURNING id"
        ).int(0, 0)
        try db.script("ALTER TABLE equity_daily_bars DROP CONSTRAINT equity_daily_bars_date")
        for day in ["infinity", "-infinity", "5874897-12-31", "4713-01-01 BC", "10000-01-01", "0001-12-31 BC"] {
            try db.execute(
                "INSERT INTO equity_daily_bars VALUES ($1::int, $2::date, 1, 1, 1, 1, 1, 'test')",
                [Parameter(id), .text(day)])
            #expect(throws: PostgresError.self, "\(day)") {
                try db.run(.bars(BarTable(.equity, .day), symbol: id, from: nil, to: nil, warmUp: 0))
            }
            let answer = try user.send("GET", "/api/market-data/equities/candles?symbol=ABSURD")
            #expect(answer.status == 500, "\(day): \(answer.text)")
            try db.execute("DELETE FROM equity_daily_bars WHERE symbol_id = $1::int", [Parameter(id)])
        }
    }
}

/// Definitions that trade.
enum TestDefinition {
    static let crossing = """
        {"indicators":[{"id":"fast","type":"SMA","params":{"period":2},"source":"close"},\
        {"id":"slow","type":"SMA","params":{"period":5},"source":"close"}],\
        "entry":{"logic":"AND","conditions":[{"left":{"indicator":"fast"},"op":"crosses_above","right":{"indicator":"slow"}}]},\
        "exit":{"logic":"AND","conditions":[{"left":{"indicator":"fast"},"op":"crosses_below","right":{"indicator":"slow"}}]},\
        "risk":{"stop_loss":{"type":"percent","value":2},"take_profit":{"type":"percent","value":4}}}
        """
}
