import Backtest
import Daemon
import JSON
import Jobs
import Market
import Postgres
import Strategy
import TestSupport
import Testing

@testable import App

/// What gets in the way of runners, and how they stand beside others.
@Suite struct RunnerTroubleTests {
    @Test func `late, in and out again in one bar, and nobody behind it waits`() throws {
        var definition = RunnerFloor.above
        definition["risk"] = ["stop_loss": ["type": "percent", "value": 1]]
        let floor = try RunnerFloor(definition)
        let runner = try floor.start(), path = "/\(runner["id"]?.stringValue ?? "")"
        let other = try floor.start([
            "strategy_version_id": .number(Number(try floor.save(RunnerFloor.above, as: "other")))
        ])
        try floor.next(101, 101)
        #expect(try floor.fills(runner).count == 1)
        _ = try floor.send(path + "/pause")
        // Stopped out, and an entry for the next open, while it was paused.
        try floor.next((open: 101, high: 102, low: 98, close: 101.5))
        _ = try floor.send(path + "/resume")
        try floor.next((open: 102, high: 102, low: 94, close: 96))
        #expect(try floor.fills(runner).map { $0.prefix(4) } == ["BUY ", "SELL", "BUY ", "SELL"])
        #expect(try floor.shown(runner)["quantity"] == "0.00000000")
        #expect(try floor.shown(other)["bars"] == 4)
        // A row that cannot be entered is one runner's trouble.
        try floor.desk.db.script(
            """
            INSERT INTO orders (paper_account_id, generation, symbol_id, side, quantity, status, reject_reason, client_order_id, ended_at)
              SELECT paper_account_id, generation, symbol_id, 'BUY', 1, 'REJECTED', 'SYMBOL_INACTIVE',
                'runner:' || id || ':' || extract(epoch FROM timestamptz '2024-02-07')::bigint || ':BUY', now()
              FROM paper_runners WHERE id = '\(runner["id"]?.stringValue ?? "")'
            """)
        try floor.desk.next((101, 101, 101, 101), (101, 101, 101, 101))
        func report(_ event: WorkerEvent) {}
        while try CheckBars().runNext(as: "test", in: &floor.desk.db, report: report) {}
        while try AdvanceRunners(floor.desk.installation.configuration).runNext(
            as: "test", in: &floor.desk.db, report: report)
        {}
        #expect(try floor.shown(runner)["bars"] == 4 && floor.shown(other)["bars"] == 6)
        try floor.desk.verify()
    }

    /// Of a file in a wrong unit.
    @Test func `prices that no account can hold are seen, and nothing is stored or bought at them`() throws {
        let floor = try RunnerFloor()
        let runner = try floor.start()
        var dear = RunnerFloor.above
        dear["entry"] = [
            "logic": "AND", "conditions": [["left": ["price": "close"], "op": "gt", "right": ["literal": 1000]]],
        ]
        let other = try floor.start(["strategy_version_id": .number(Number(try floor.save(dear, as: "dear")))])
        try floor.next(101, 101)
        #expect(try floor.fills(runner) == ["BUY 99.00990099 at 101"])
        func see(_ price: Double) throws {
            try floor.desk.next((price, price, price, price))
            while try CheckBars().runNext(as: "test", in: &floor.desk.db, report: { _ in }) {}
            try floor.desk.db.script("UPDATE data_findings SET dismissed_at = now() WHERE dismissed_at IS NULL")
            try floor.work()
        }
        // 99 of them are more than a column holds, and then one is.
        try see(2e14)
        try see(2e17)
        let seen = try floor.performance(runner), shown = seen["runner"]?.objectValue
        #expect(shown?["bars"] == 4 && shown?["equity"] == "10000.00", "\(shown ?? [:])")
        let equities = seen["points"]?.arrayValue?.map { $0.objectValue?["equity"] }
        #expect(equities == ["10000.00", "10000.00", .null, .null])
        #expect(try floor.orders(other).map { $0["reject_reason"] } == ["AMOUNT_TOO_LARGE"])
        try see(101)
        #expect(try floor.shown(runner)["bars"] == 5 && floor.shown(other)["equity"] == "10000.00")
        try floor.desk.verify()
    }

    @Test func `bars that nobody has checked yet wait, and those that were adjusted stop it`() throws {
        let floor = try RunnerFloor()
        let runner = try floor.start()
        try floor.next(101, 101)
        #expect(try floor.fills(runner) == ["BUY 99.00990099 at 101"])
        try floor.desk.next((90, 90, 90, 90))
        try floor.desk.db.script(
            """
            INSERT INTO jobs (job_type, payload_json)
              SELECT 'advance_runners', jsonb_build_object('symbol_id', id, 'interval', '1d') FROM symbols WHERE symbol = 'STK'
            """)
        while try AdvanceRunners(floor.desk.installation.configuration).runNext(
            as: "test", in: &floor.desk.db, report: { _ in })
        {}
        #expect(try floor.shown(runner)["bars"] == 2)
        try floor.work()
        #expect(try floor.shown(runner)["next"] == "SELL")
        // Four for one: every stored price is a quarter of what it was.
        try floor.desk.db.script(
            "UPDATE equity_daily_bars SET open = open / 4, high = high / 4, low = low / 4, close = close / 4")
        try floor.next(22)
        let waiting = try floor.shown(runner)
        #expect(waiting["quantity"] == "99.00990099" && waiting["bars"] == 3, "\(waiting)")
        #expect(
            waiting["detail"]
                == "It waits: bars that it has seen were changed by more than a correction, as after a split. Stop it, and start anew."
        )
        try floor.desk.verify()
    }

    @Test(arguments: ["pause", "stop"]) func `a bar that nobody has checked yet is not avoided`(_ way: String) throws {
        var definition = RunnerFloor.above
        definition["risk"] = ["stop_loss": ["type": "percent", "value": 5]]
        let floor = try RunnerFloor(definition)
        let runner = try floor.start()
        try floor.next(101, 100)
        #expect(try floor.fills(runner) == ["BUY 100 at 100"])
        // Its stop was reached, and the close is far above it.
        try floor.desk.next((open: 100, high: 111, low: 94, close: 110))
        #expect(try floor.shown(runner)["bars"] == 2)
        let id = runner["id"]?.stringValue ?? ""
        _ = try floor.send("/\(id)/\(way)", way == "stop" ? ["position": "close"] : [:])
        #expect(try floor.fills(runner) == ["BUY 100 at 100", "SELL 100 at 95"])
        #expect(try floor.shown(runner)["bars"] == 3)
        try floor.work()
        #expect(try floor.fills(runner).count == 2)
        try floor.desk.verify()
    }

    @Test func `its owner is told what it is about to do, and that it has ended`() throws {
        let floor = try RunnerFloor()
        for kind in ["runner_signalled", "runner_stopped"] {
            #expect(try floor.desk.browser.send("POST", "/api/alerts", ["kind": .string(kind)]).status < 300)
        }
        let runner = try floor.start(), id = runner["id"]?.stringValue ?? ""
        try floor.next(101, 101)
        try floor.next(94)
        _ = try floor.send("/\(id)/stop", ["position": "close"])
        let told = try floor.desk.rows("/api/notifications", "notifications").reversed().map {
            "\($0["kind"]?.stringValue ?? "") \($0["detail"]?.stringValue ?? "")"
        }
        #expect(
            told == [
                "runner_signalled forward on STK: sells at the open of the next bar.",
                "runner_stopped forward on STK: Stopped; 99.00990099 STK were sold.",
            ], "the entry was signalled and filled in one go")
    }

    @Test func `a forecast pays what the runner pays`() throws {
        var widths: [Double] = []
        for fee in [0, 200] {
            var restless = RunnerFloor.above
            restless["entry"] = [
                "logic": "AND", "conditions": [["left": ["price": "close"], "op": "gt", "right": ["literal": 1]]],
            ]
            restless["exit"] = restless["entry"] ?? .null
            let floor = try RunnerFloor(restless)
            _ = try floor.desk.browser.send("PATCH", "/api/paper-account", ["fee_bps": .number(Number(fee))])
            try floor.desk.put(
                "STK", .equity,
                TradingDesk.sessions(from: "2024-01-31", count: 100).map { ($0, 100, 101, 99, 100) })
            let runner = try floor.start()
            let forecast = try #require(floor.performance(runner)["forecast"]?.objectValue)
            let middle = forecast["middle"]?.arrayValue?.compactMap { $0.numberValue?.double } ?? []
            #expect(middle.count == 252)
            widths.append(middle.last ?? 0)
        }
        // Half of the bars buy and half sell at the same price: 252 fees of 2 % each leave little.
        #expect(widths[0] == 10_000 && widths[1] < 200, "\(widths)")
    }

    @Test func `a purchase that the installation does not allow is kept as refused`() throws {
        let floor = try RunnerFloor(RunnerFloor.above, ["PAPER_MAX_ORDER_NOTIONAL": "10050"])
        let runner = try floor.start()
        try floor.next(101)
        try floor.next((open: 100, high: 100, low: 94, close: 94))
        try floor.next((open: 110, high: 110, low: 101, close: 101), (open: 101, high: 101, low: 101, close: 101))
        #expect(try floor.fills(runner).dropLast() == ["BUY 100 at 100", "SELL 100 at 110"])
        let refused = try #require(floor.orders(runner).last)
        #expect(refused["status"] == "REJECTED" && refused["reject_reason"] == "MAX_ORDER_NOTIONAL")
        let detail = try floor.shown(runner)["detail"]?.stringValue
        #expect(
            detail
                == "A purchase at the open of 5 Feb 2024 was refused. It is worth 11,000.00; one order may be worth 10,050.00 at most."
        )
        #expect(try floor.shown(runner)["refused"] == 1)
        try floor.desk.verify()
    }

    /// A bar of a file in a wrong unit, that somebody has looked at and let pass: its open is more than a ledger can hold.
    private func open(_ floor: RunnerFloor, close: Double) throws {
        try floor.desk.next((1e27, 1e27, close, close))
        while try CheckBars().runNext(as: "test", in: &floor.desk.db, report: { _ in }) {}
        try floor.desk.db.script("UPDATE data_findings SET dismissed_at = now()")
        try floor.work()
    }

    @Test func `a purchase at a price that no ledger can hold is told as a refused order`() throws {
        let floor = try RunnerFloor()
        let runner = try floor.start()
        try floor.next(101)
        try open(floor, close: 101)
        let refused = try #require(floor.orders(runner).last)
        #expect(refused["status"] == "REJECTED" && refused["reject_reason"] == "AMOUNT_TOO_LARGE", "\(refused)")
        let words = "at the open of 1 Feb 2024 was refused. The amount is larger than an account can hold."
        #expect(try floor.shown(runner)["detail"] == .string("A purchase " + words))
        #expect(try floor.orders(runner).count == 1 && floor.shown(runner)["bars"] == 2)
        try floor.desk.verify()
    }

    @Test func `a sale at such a price is, too, and comes with the next bar`() throws {
        let floor = try RunnerFloor()
        let runner = try floor.start()
        try floor.next(101, 101)
        try floor.next(94)
        try open(floor, close: 94)
        let sale = try #require(floor.orders(runner).last)
        #expect(sale["side"] == "SELL" && sale["reject_reason"] == "AMOUNT_TOO_LARGE", "\(sale)")
        #expect(try floor.shown(runner)["quantity"] == "99.00990099")
        try floor.desk.verify()
        try floor.next(94)
        #expect(try floor.fills(runner).last == "SELL 99.00990099 at 94")
        try floor.desk.verify()
    }

    @Test(
        arguments: [
            (["capital": "0.5"], 400, "capital"), (["capital": "100001"], 422, "free"),
            (["allocation_pct": 0], 400, "allocation_pct"), (["allocation_pct": 50, "risk_pct": 1], 400, "Only one"),
            (["risk_pct": 1], 400, "no stop loss"), (["symbol": "COIN-USD"], 400, "is a coin"),
            (["symbol": "NONE"], 400, "No active symbol"), (["timeframe": "1h"], 400, "daily bars"),
            (["strategy_version_id": 999_999], 404, "no version"),
        ] as [(Object, Int, String)])
    func `what cannot be is refused with its reason`(_ wish: Object, _ status: Int, _ words: String) throws {
        let floor = try RunnerFloor()
        let answer = try floor.start(wish, status: status)
        #expect("\(answer)".contains(words), "\(answer)")
        #expect(try floor.desk.rows("/api/trading/runners", "runners").isEmpty)
        #expect(try floor.desk.get("/api/trading/portfolio-summary")["promised_cash"] == "0.00")
    }

    @Test func `one version runs once on a series, and so many in all`() throws {
        let floor = try RunnerFloor(RunnerFloor.above, ["PAPER_MAX_RUNNERS": "2"])
        let runner = try floor.start(["capital": "100"])
        _ = try floor.start(["capital": "100"], status: 409)
        var other = RunnerFloor.above
        for step in [1, 2] {
            other["risk"] = ["stop_loss": ["type": "percent", "value": .number(Number(step))]]
            let wish: Object = [
                "strategy_version_id": .number(Number(try floor.save(other, as: "other \(step)"))), "capital": "100",
                "risk_pct": 1,
            ]
            let started = try floor.start(wish, status: step == 1 ? 201 : 429)
            if step == 1 { #expect(started["allocation_pct"] == 100) }
        }
        #expect(try floor.desk.rows("/api/trading/runners", "runners").count == 2)
        // Somebody else's does not exist.
        let stranger = try floor.desk.installation.user().browser
        let path = "/api/trading/runners/\(runner["id"]?.stringValue ?? "")"
        #expect(try stranger.send("GET", path).status == 404)
        #expect(try stranger.send("POST", path + "/stop", ["position": "close"]).status == 404)
        #expect(try stranger.send("GET", "/api/trading/runners").object?["runners"]?.arrayValue?.isEmpty == true)
    }
}
