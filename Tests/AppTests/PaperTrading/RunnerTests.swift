import Backtest
import Daemon
import JSON
import Jobs
import Market
import Postgres
import SeededNumbers
import Strategy
import TestSupport
import Testing

@testable import App

@Suite struct RunnerTests {
    @Test func `a rule buys and sells at the opens after its signals, once`() throws {
        let floor = try RunnerFloor()
        let runner = try floor.start()
        #expect(
            runner["status"] == "RUNNING" && runner["cash"] == "10000.00"
                && runner["detail"] == "Waits for the next bar.")
        // The signal of a bar that was there at the start is nobody's.
        try floor.next(99)
        #expect(try floor.fills(runner) == [])
        try floor.next(101)
        #expect(try floor.fills(runner) == [] && floor.shown(runner)["next"] == "BUY")
        try floor.next((open: 102, high: 103, low: 94, close: 94))
        #expect(try floor.fills(runner) == ["BUY 98.03921568 at 102"])
        let held = try floor.shown(runner)
        #expect(held["next"] == "SELL" && held["quantity"] == "98.03921568" && held["cash"] == "0.00")
        #expect(held["equity"] == "9215.69" && held["bars"] == 3)
        try floor.next(90)
        #expect(try floor.fills(runner) == ["BUY 98.03921568 at 102", "SELL 98.03921568 at 90"])
        let sold = try floor.shown(runner)
        #expect(sold["quantity"] == "0.00000000" && sold["cash"] == "8823.53" && sold["next"] == .null)
        #expect(sold["detail"] == "Sold 98.03921568 STK at 90.00, the open of 5 Feb 2024.")
        // A job that is done again, as after a kill, moves nothing again.
        try floor.desk.db.script(
            """
            INSERT INTO jobs (job_type, payload_json)
              SELECT 'advance_runners', jsonb_build_object('symbol_id', id, 'interval', '1d') FROM symbols WHERE symbol = 'STK'
            """)
        #expect(try floor.work() == 1 && floor.fills(runner).count == 2)
        try floor.desk.verify()
    }

    @Test(arguments: [0, 5])
    func `who only holds has what the backtest has, to the cent`(_ fee: Int) throws {
        var hold = RunnerFloor.above
        hold["exit"] = [
            "logic": "AND", "conditions": [["left": ["price": "close"], "op": "lt", "right": ["literal": 0]]],
        ]
        let floor = try RunnerFloor(hold)
        _ = try floor.desk.browser.send("PATCH", "/api/paper-account", ["fee_bps": .number(Number(fee))])
        let runner = try floor.start()
        var random = SplitMix(seed: 7), price = 10_137
        for _ in 0..<30 {
            let open = price + Int.random(in: -150...150, using: &random)
            price = max(5_000, open + Int.random(in: -300...320, using: &random))
            let (high, low) = (max(open, price) + 50, min(open, price) - 50)
            try floor.next(
                (Double(open) / 100, Double(high) / 100, Double(low) / 100, Double(price) / 100))
        }
        let answer = try floor.performance(runner), comparison = try #require(answer["comparison"]?.objectValue)
        let points = answer["points"]?.arrayValue?.compactMap(\.objectValue) ?? []
        #expect(points.count == 30)
        for point in points {
            let mine = Double(point["equity"]?.stringValue ?? "") ?? 0,
                meant = point["backtest"]?.numberValue?.double ?? 0
            #expect(abs(mine - meant) < 0.011, "\(point)")
        }
        let fill = try #require(floor.orders(runner).first)
        let run = try floor.desk.browser.send(
            "POST", "/api/backtests",
            [
                "strategy_id": .string(runner["strategy_id"]?.stringValue ?? ""), "symbol": "STK", "timeframe": "1d",
                "start_date": "2024-01-31", "end_date": "2024-12-31",
                "simulation": ["execution_timing": "next_open", "commission_bps": .number(Number(fee))],
            ])
        let id = run.object?["id"]?.stringValue ?? ""
        while try SimulateRun(floor.desk.installation.configuration, log: Log(minimum: .error)).runNext(
            as: "test", in: &floor.desk.db, report: { _ in })
        {}
        let trade = try floor.desk.get("/api/backtests/\(id)")["trades"]?.objectValue?["trades"]?.arrayValue?
            .first?.objectValue
        #expect(trade?["entry_price"]?.numberValue?.double == Double(fill["avg_fill_price"]?.stringValue ?? ""))
        for part in ["missed", "timing", "price"] {
            #expect(comparison[part]?.numberValue?.double == 0, "\(part) \(comparison)")
        }
        #expect(abs(comparison["difference"]?.numberValue?.double ?? 1) < 0.011)
        try floor.desk.verify()
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `bars that come one by one or all at once bring the same, stops and targets too`(_ seed: UInt64) throws {
        var definition = RunnerFloor.above
        definition["risk"] = [
            "stop_loss": ["type": "percent", "value": 2], "take_profit": ["type": "percent", "value": 3],
        ]
        var random = SplitMix(seed: seed), price = 10_000
        let bars: [(open: Double, high: Double, low: Double, close: Double)] = (0..<40).map { _ in
            let open = price + Int.random(in: -200...200, using: &random)
            price = min(11_000, max(9_000, open + Int.random(in: -300...300, using: &random)))
            let (high, low) = (
                max(open, price) + Int.random(in: 0...200, using: &random),
                min(open, price) - Int.random(in: 0...200, using: &random)
            )
            return (Double(open) / 100, Double(high) / 100, Double(low) / 100, Double(price) / 100)
        }
        var told: [[String]] = []
        for isSingle in [true, false] {
            let floor = try RunnerFloor(definition)
            let runner = try floor.start(["allocation_pct": 50])
            if isSingle {
                for bar in bars { try floor.next(bar) }
            } else {
                let days = TradingDesk.sessions(from: "2024-01-31", count: bars.count)
                try floor.desk.put("STK", .equity, zip(days, bars).map { ($0, $1.open, $1.high, $1.low, $1.close) })
                try floor.work()
            }
            let answer = try floor.performance(runner)
            let comparison = try #require(answer["comparison"]?.objectValue)
            #expect(abs(comparison["difference"]?.numberValue?.double ?? 9) < 0.3, "\(comparison)")
            for part in ["missed", "timing", "price"] { #expect(comparison[part]?.numberValue?.double == 0) }
            told.append(try floor.fills(runner))
            try floor.desk.verify()
        }
        #expect(told[0] == told[1] && told[0].count > 4, "\(told)")
    }

    @Test func `what is set aside for it is nobody else's`() throws {
        let floor = try RunnerFloor()
        let runner = try floor.start(["capital": "60000"])
        #expect(try floor.desk.get("/api/trading/portfolio-summary")["promised_cash"] == "60000.00")
        let refused = try floor.desk.order("BUY", ["quantity": "500"])
        #expect(refused["reject_reason"] == "INSUFFICIENT_CASH")
        #expect(try floor.desk.order("BUY", ["quantity": "100"])["status"] == "FILLED")
        try floor.next(101, 102)
        #expect(try floor.shown(runner)["quantity"] == "588.23529411")
        // All but its own can be sold.
        let sale = try floor.desk.order("SELL", ["quantity": "101"])
        #expect(sale["reject_reason"] == "INSUFFICIENT_POSITION")
        #expect(try floor.desk.order("SELL", ["quantity": "100"])["status"] == "FILLED")
        let position = try floor.desk.rows("/api/trading/positions", "positions").first
        #expect(position?["promised_quantity"] == "588.23529411")
        let name = try #require(floor.orders(runner).first?["client_order_id"]?.stringValue)
        #expect(
            try floor.desk.order("BUY", ["quantity": "1", "client_order_id": .string(name)], status: 400)["code"]
                == "VALIDATION_ERROR")
        try floor.desk.verify()
    }

    @Test func `who paused misses what came, and is told what it cost`() throws {
        let floor = try RunnerFloor()
        let runner = try floor.start(), path = "/\(runner["id"]?.stringValue ?? "")"
        try floor.next(101)
        #expect(try floor.send(path + "/pause")["status"] == "PAUSED")
        #expect(try floor.send(path + "/pause")["status"] == "PAUSED")
        try floor.next(102, 110)
        #expect(try floor.fills(runner) == [])
        #expect(try floor.send(path + "/resume")["status"] == "RUNNING")
        // Meant to hold since 102, it waits for the next entry.
        try floor.next(120)
        let answer = try floor.performance(runner), comparison = answer["comparison"]?.objectValue
        #expect(try floor.fills(runner) == [] && comparison?["backtest_equity"]?.numberValue?.double == 11_764.71)
        #expect(comparison?["missed"]?.numberValue?.double == -1_764.71)
        #expect(comparison?["difference"]?.numberValue?.double == -1_764.71)
        let points = answer["points"]?.arrayValue?.compactMap(\.objectValue) ?? []
        #expect(points.map { $0["equity"]?.stringValue } == Array(repeating: "10000.00", count: 4))
        try floor.next(94, 94, 101, 103)
        #expect(try floor.fills(runner) == ["BUY 97.08737864 at 103"])
        // It is out as soon as it can be, where the strategy has been out.
        _ = try floor.send(path + "/pause")
        try floor.next(90, 90)
        _ = try floor.send(path + "/resume")
        let resumed = try floor.shown(runner)
        #expect(resumed["quantity"] == "97.08737864" && resumed["equity"] == "8737.86")
        try floor.next(88)
        #expect(try floor.fills(runner).last == "SELL 97.08737864 at 88")
        #expect(
            try floor.shown(runner)["detail"]
                == "Sold 97.08737864 STK at 88.00, the open of 14 Feb 2024, because the strategy was out of the market already."
        )
        let timing = try floor.performance(runner)["comparison"]?.objectValue?["timing"]?.numberValue?.double ?? 0
        #expect(timing < -100, "sold at 88 instead of 90")
        try floor.desk.verify()
    }

    @Test func `stopped it leaves what it holds, or sells it`() throws {
        for position in ["keep", "close"] {
            let floor = try RunnerFloor()
            let runner = try floor.start(), path = "/\(runner["id"]?.stringValue ?? "")/stop"
            try floor.next(101, 102, 105)
            let stopped = try floor.send(path, ["position": .string(position)])
            #expect(stopped["status"] == "STOPPED")
            #expect(try floor.send(path, ["position": .string(position)])["status"] == "STOPPED")
            #expect(stopped["equity"] == "10294.12")
            let parts = try floor.performance(runner)["comparison"]?.objectValue
            #expect(parts?["difference"]?.numberValue?.double == 0)
            let summary = try floor.desk.get("/api/trading/portfolio-summary")
            #expect(summary["promised_cash"] == "0.00" && summary["total_equity"] == "100294.12")
            #expect(summary["positions"] == (position == "keep" ? 1 : 0))
            _ = try floor.send("/\(runner["id"]?.stringValue ?? "")/resume", status: 409)
            try floor.next(90, 90)
            #expect(try floor.fills(runner).count == (position == "keep" ? 1 : 2), "it trades no more")
            #expect(try floor.performance(runner)["points"]?.arrayValue?.count == 3)
            // The version may begin anew.
            #expect(try floor.start(["capital": "1000"])["status"] == "RUNNING")
            try floor.desk.verify()
        }
    }

    @Test func `a reset stops it`() throws {
        let floor = try RunnerFloor()
        let runner = try floor.start()
        try floor.next(101, 102)
        _ = try floor.desk.browser.send("POST", "/api/trading/reset", ["confirm": "RESET"])
        let stopped = try floor.shown(runner)
        #expect(stopped["status"] == "STOPPED" && stopped["detail"] == "Stopped by the reset of the account.")
        try floor.next(90, 90)
        #expect(try floor.desk.rows("/api/trading/executions", "executions").isEmpty)
        try floor.desk.verify()
    }

    @Test func `it trades on no bars that something is wrong with`() throws {
        let floor = try RunnerFloor()
        let runner = try floor.start()
        // As if a split had not been told.
        try floor.next(101, 50, 50, 101, 101)
        let waiting = try floor.shown(runner)
        #expect(try floor.fills(runner).count <= 1, "\(waiting)")
        #expect(
            waiting["detail"]?.stringValue?.hasPrefix("It waits: something is wrong with the bars of STK.") == true,
            "\(waiting)")
        let old = try RunnerFloor(RunnerFloor.above, ["PAPER_STALE_PRICES": "refuse"])
        let patient = try old.start()
        try old.next(101, 102)
        #expect(try old.fills(patient) == [])
        #expect(
            try old.performance(patient)["waiting"]
                == "It waits: the newest bar of STK, of 1 Feb 2024, is too old to trade at.")
    }
}
