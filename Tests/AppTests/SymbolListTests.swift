import BytesInMemory
import Market
import Postgres
import PriceFiles
import TestSupport
import Testing

@testable import App

@Suite struct SymbolListTests {
    private let database: TestDatabase

    init() throws { database = try TestDatabase() }

    private func store(
        _ text: String, isTrial: Bool = false, skipsInvalid: Bool = false, _ db: inout Connection
    ) throws -> SymbolList.Outcome {
        try SymbolList.store(
            SymbolDirectory(BytesInMemory(Array(text.utf8)), name: "list"), file: "list", isTrial: isTrial,
            skipsInvalid: skipsInvalid, in: &db)
    }

    private func symbols(_ db: inout Connection) throws -> [String] {
        try db.run(
            .all("SELECT symbol, name, exchange, currency, is_active FROM symbols ORDER BY symbol, id") { row in
                let symbol: String = try row.next(), name: String = try row.next(), exchange: String? = try row.next()
                let currency: String = try row.next()
                return
                    "\(symbol) \(name) \(exchange ?? "-") \(currency) \(try row.next(Bool.self) ? "active" : "retired")"
            })
    }

    private static let list = """
        symbol,name,asset_type,exchange,currency,is_active
        AAPL,Apple,EQUITY,NASDAQ,USD,
        BTC/USDT,Bitcoin,CRYPTO,,,
        GONE,Gone,EQUITY,,,false

        """

    @Test func `adds, changes and retires what the list says, and nothing else`() throws {
        var db = try database.connect()
        var outcome = try store(Self.list, &db)
        #expect([outcome.added, outcome.changed, outcome.retired, outcome.unchanged] == [2, 0, 0, 1])
        #expect(try symbols(&db) == ["AAPL Apple NASDAQ USD active", "BTC-USDT Bitcoin - USDT active"])
        outcome = try store("symbol,exchange\nAAPL,XNAS\nMSFT,XNAS\n", &db)
        #expect([outcome.added, outcome.changed, outcome.unchanged] == [1, 1, 0])
        outcome = try store("symbol,status\nMSFT,delisted\nAAPL,active\n", &db)
        #expect([outcome.retired, outcome.unchanged] == [1, 1])
        #expect(
            try symbols(&db) == [
                "AAPL Apple XNAS USD active", "BTC-USDT Bitcoin - USDT active", "MSFT MSFT XNAS USD retired",
            ])
    }

    @Test func `a trial changes nothing`() throws {
        var db = try database.connect()
        #expect(try store(Self.list, isTrial: true, &db).added == 2)
        #expect(try symbols(&db).isEmpty)
    }

    @Test(arguments: [
        ("BAD SYMBOL,x,EQUITY,,,", "no symbol"), ("BTC,x,CRYPTO,,,", "no pair"), ("X,x,EQUITY,,$,", "currency"),
        ("X,\(String(repeating: "n", count: 256)),EQUITY,,,", "name is longer"), ("AAPL,x,CRYPTO,,,", "no pair"),
        ("BTC-USDT,x,EQUITY,,,", "stored as a coin"),
    ])
    func `a line that cannot be taken stores nothing, or all others`(_ line: String, _ reason: String) throws {
        var db = try database.connect()
        _ = try store("symbol,asset_type\nBTC-USDT,CRYPTO\n", &db)
        let text = "symbol,name,asset_type,exchange,currency,is_active\nNEW,New,EQUITY,,,\n\(line)\n"
        let refused = try store(text, &db).refused
        #expect(refused.count == 1 && refused[0].line == 3 && refused[0].reason.contains(reason), "\(refused)")
        #expect(try symbols(&db).count == 1)
        #expect(try store(text, skipsInvalid: true, &db).added == 1)
        #expect(try symbols(&db).count == 2)
    }

    @Test func `bars hang on the symbol, not on its ticker`() throws {
        var db = try database.connect()
        func bars(_ symbol: String, in db: inout Connection) throws -> Int {
            try db.run(
                .value(
                    """
                    SELECT coalesce(sum(b.count), 0)::int FROM symbols s LEFT JOIN bar_series b ON b.symbol_id = s.id
                    WHERE s.symbol = $1 AND s.is_active
                    """, symbol))
        }
        _ = try BarImport(symbol: "FB", source: BarSource(provider: "test"), store: BarStore(name: "Meta Platforms"))
            .run(TestPrices.file(["2024-03-04,10,11,9,10.5,100", "2024-03-05,10.5,11,10,10.75,200"]), in: &db)
        try SymbolList.rename("fb", to: "meta", in: &db)
        #expect(try bars("META", in: &db) == 2)
        // The ticker is another's now.
        _ = try store("symbol,name\nFB,ProShares\n", &db)
        #expect(try bars("FB", in: &db) == 0)
        #expect(throws: SymbolList.Refusal.taken("FB")) { try SymbolList.rename("META", to: "FB", in: &db) }
        #expect(throws: SymbolList.Refusal.unknown("NONE")) { try SymbolList.rename("NONE", to: "X", in: &db) }
        try SymbolList.retire("FB", in: &db)
        #expect(throws: SymbolList.Refusal.unknown("FB")) { try SymbolList.retire("FB", in: &db) }
        try SymbolList.rename("META", to: "FB", in: &db)
        #expect(try bars("FB", in: &db) == 2)
    }

    @Test func `a retired symbol comes back with its bars, unless another has its ticker`() throws {
        var db = try database.connect()
        func name(in db: inout Connection) throws -> String? {
            try db.run(.first("SELECT name FROM symbols WHERE symbol = 'FB' AND is_active") { row in try row.next() })
        }
        for name in ["First", "Second"] {
            _ = try store("symbol,name\nFB,\(name)\n", &db)
            try SymbolList.retire("FB", in: &db)
        }
        #expect(throws: SymbolList.Refusal.notRetired("NONE")) { try SymbolList.restore("NONE", in: &db) }
        try SymbolList.restore("fb", in: &db)
        #expect(try name(in: &db) == "Second", "the one retired last")
        #expect(throws: SymbolList.Refusal.taken("FB")) { try SymbolList.restore("FB", in: &db) }
        try SymbolList.rename("FB", to: "META", in: &db)
        try SymbolList.restore("FB", in: &db)
        #expect(try name(in: &db) == "First")
        struct Stop: Error {}
        #expect(throws: Stop.self) { try SymbolList.retire("FB", in: &db) { _ in throw Stop() } }
        #expect(try name(in: &db) == "First", "what cannot be told does not happen")
    }

    @Test func `a pair is renamed with what it is made of`() throws {
        var db = try database.connect()
        _ = try store("symbol\nXBT-USD\n", &db)
        try SymbolList.rename("XBT-USD", to: "BTC/USD", in: &db)
        let parts = try db.run(
            Query<[String]>.all("SELECT symbol, base_asset, quote_asset FROM symbols") { row in
                "\(try row.next(String.self)) \(try row.next(String.self)) \(try row.next(String.self))"
            })
        #expect(parts == ["BTC-USD BTC USD"])
        #expect(throws: SymbolList.Refusal.self) { try SymbolList.rename("BTC-USD", to: "BTC", in: &db) }
    }
}
