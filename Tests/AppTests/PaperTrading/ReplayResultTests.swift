import JSON
import TestSupport
import Testing

@testable import App

@Suite struct ReplayResultTests {
    private func result(_ practice: Practice, _ query: String = "") throws -> Object {
        try practice.desk.get("/api/trading/replays/\(practice.id)/result\(query)")
    }

    /// Return, drawdown and sales.
    private func figures(_ result: Object) -> [Value?] {
        [result["return_pct"], result["max_drawdown_pct"], result["sales"]]
    }

    private func times(_ result: Object) -> [String] {
        result["equity"]?.arrayValue?.compactMap { $0.objectValue?["time"]?.stringValue } ?? []
    }

    @Test func `it falls from the starting balance, and from every peak`() throws {
        let practice = try Practice([(90, 90, 90, 90), (110, 110, 110, 110), (88, 88, 88, 88)])
        #expect(try figures(result(practice)) == [0, 0, 0])
        _ = try practice.order("BUY", ["quantity": "100"])
        try practice.step(2)
        #expect(try figures(result(practice)) == [-10, 10, 0])
        try practice.step()
        #expect(try figures(result(practice)) == [10, 10, 0])
        try practice.step()
        #expect(try figures(result(practice)) == [-12, 20, 0])
        let whole = try result(practice)
        let last = whole["equity"]?.arrayValue?.last?.objectValue
        #expect(last?["equity"] == 8800 && whole["equity"]?.arrayValue?.count == 5)
        #expect(times(whole).first == "2024-01-29" && times(whole).last == "2024-02-02")
    }

    @Test func `up to a day it counts what was sold by its end, and of each symbol`() throws {
        let practice = try Practice([(100, 100, 100, 100), (80, 80, 80, 80)], ["symbols": ["STK", "COIN-USD"]])
        _ = try practice.order("BUY", ["quantity": "50"])
        _ = try practice.order("BUY", ["symbol": "COIN-USD", "quantity": "10"])
        let begun = try practice.replay()["clock"]?.stringValue ?? ""
        _ = try practice.order("SELL", ["symbol": "COIN-USD", "quantity": "5"])
        _ = try practice.order("SELL", ["symbol": "COIN-USD", "quantity": "6"])
        try practice.step(20)
        _ = try practice.order("SELL", ["quantity": "50"])
        let (whole, first) = (try result(practice), try result(practice, "?end=\(begun)"))
        #expect(whole["symbols"] == [["symbol": "STK", "sales": 1], ["symbol": "COIN-USD", "sales": 1]])
        #expect(whole["sales"] == 2 && whole["max_drawdown_pct"] == 10 && whole["return_pct"] == -10)
        // The coin's day ends when its sale is priced.
        #expect(first["symbols"] == [["symbol": "STK", "sales": 0], ["symbol": "COIN-USD", "sales": 1]])
        #expect(figures(first) == [0, 0, 1] && times(first) == [begun])
        let before = try result(practice, "?end=2024-01-01")
        #expect(figures(before) == [.null, .null, 0] && times(before).isEmpty)
    }

    @Test func `it is of all orders and of all bars, however many`() throws {
        let practice = try Practice()
        // The fall, at the second bar, and the sales lie far before what the practice itself is answered with.
        try practice.desk.db.script(
            """
            INSERT INTO replay_orders (replay_id, symbol_id, side, order_type, status, quantity, avg_fill_price, notional, fee,
              price_as_of, active_from, filled_at, ended_at)
            SELECT replay_id, symbol_id, 'SELL', 'MARKET', 'FILLED', 1, 100, 100, 0, last_bar, now(), now(), now()
            FROM replay_holdings, generate_series(1, 600);
            INSERT INTO replay_orders (replay_id, symbol_id, side, order_type, status, quantity, active_from, ended_at)
            SELECT replay_id, symbol_id, 'SELL', 'MARKET', 'CANCELLED', 1, now(), now()
            FROM replay_holdings, generate_series(1, 600);
            INSERT INTO replay_points (replay_id, bar_start, equity)
            SELECT replay_id, last_bar + n * interval '1 day', CASE n WHEN 1 THEN 7500 ELSE 11000 END
            FROM replay_holdings, generate_series(1, 6000) AS n
            """)
        let shown = try practice.shown(), whole = try result(practice), told = times(whole)
        #expect(shown["orders"]?.arrayValue?.count == 500 && shown["points"]?.arrayValue?.count == 5_000)
        #expect(figures(whole) == [10, 25, 600])
        #expect(told.first == "2024-01-29" && told.dropFirst().first == "2024-01-30" && told.last == "2040-07-03")
        #expect(told.count <= EquityCurve.drawn && told == told.sorted())
    }

    @Test func `it is told to its owner alone`() throws {
        let practice = try Practice(), stranger = try practice.desk.installation.user().browser
        #expect(try stranger.send("GET", "/api/trading/replays/\(practice.id)/result").status == 404)
        let wrong = try practice.desk.browser.send("GET", "/api/trading/replays/\(practice.id)/result?end=x")
        #expect(wrong.status == 400)
    }
}
