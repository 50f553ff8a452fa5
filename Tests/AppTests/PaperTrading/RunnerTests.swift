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

/// A trader with a strategy on STK, whose bars come one after another.
private struct Floor {
    let desk: TradingDesk
    private(set) var version = 0

    /// Buys when a bar closes above 100 and sells when one closes below 95.
    static let above: Object = [
        "indicators": [],
        "entry": ["logic": "AND", "conditions": [["left": ["price": "close"], "op": "gt", "right": ["literal": 100]]]],
        "exit": ["logic": "AND", "conditions": [["left": ["price": "close"], "op": "lt", "right": ["literal": 95]]]],
        "risk": [:],
    ]

    init(_ definition: Object = above, _ environment: [String: String] = [:]) throws {
        desk = try TradingDesk(
            ["PAPER_MAX_POSITION_PCT": "100", "PAPER_MAX_ORDER_NOTIONAL": "1000000"].merging(environment) { $1 })
        version = try save(definition)
    }

    func save(_ definition: Object, as name: String = "forward") throws -> Int {
        let answer = try desk.browser.send(
            "POST", "/api/strategies",
            ["name": .string(name), "asset_type": "EQUITY", "timeframe": "1d", "definition": .object(definition)])
        #expect(answer.status == 201, "\(answer.text)")
        return answer.object?["version_id"]?.numberValue?.int ?? 0
    }

    func send(_ path: String, _ body: Object = [:], status: Int = 200) throws -> Object {
        let answer = try desk.browser.send("POST", "/api/trading/runners" + path, .object(body))
        #expect(answer.status == status, "\(answer.text)")
        return answer.object?["runner"]?.objectValue ?? answer.object ?? [:]
    }

    func start(_ more: Object = [:], status: Int = 201) throws -> Object {
        var body: Object = [
            "strategy_version_id": .number(Number(version)), "symbol": "STK", "timeframe": "1d", "capital": "10000",
        ]
        for (name, value) in more.members { body[name] = value }
        return try send("", body, status: status)
    }

    /// The next sessions, and what the worker does with them: checks, resting orders, runners.
    func next(_ bars: (open: Double, high: Double, low: Double, close: Double)...) throws {
        for bar in bars { try desk.next(bar) }
        try work()
    }

    /// Bars that stand still.
    func next(_ closes: Double...) throws {
        for close in closes { try desk.next((close, close, close, close)) }
        try work()
    }

    @discardableResult
    func work() throws -> Int {
        func report(_ event: WorkerEvent) {
            if case .refused(_, let detail) = event { Issue.record("\(detail)") }
        }
        while try CheckBars().runNext(as: "test", in: &desk.db, report: report) {}
        var done = 0
        while try AdvanceRunners(desk.installation.configuration).runNext(as: "test", in: &desk.db, report: report) {
            done += 1
        }
        return done
    }

    func shown(_ runner: Object) throws -> Object { try performance(runner)["runner"]?.objectValue ?? [:] }
    func performance(_ runner: Object) throws -> Object {
        try desk.get("/api/trading/runners/\(runner["id"]?.stringValue ?? "")")
    }

    func orders(_ runner: Object) throws -> [Object] {
        try desk.rows("/api/trading/orders?runner_id=\(runner["id"]?.stringValue ?? "")", "orders").reversed()
    }

    /// "BUY 100 at 101" of what was filled.
    func fills(_ runner: Object) throws -> [String] {
        try orders(runner).map { order in
            let words = ["side", "quantity", "avg_fill_price"].map { order[$0]?.stringValue ?? "-" }
            return "\(words[0]) \(words[1]) at \(words[2])"
        }
    }
}

@Suite struct RunnerTests {
    @Test func `a rule buys and sells at the opens after its signals, once`() throws {
        let floor = try Floor()
        let runner = try floor.start()
        #expect(runner["status"] == "RUNNING" && runner["cash"] == "10000.00" && runner["detail"] == "Waits for the next bar.")
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
        #expect(sold["quantity"] == "0" && sold["cash"] == "8823.53" && sold["next"] == .null)
        #expect(sold["detail"] == "Sold 98.03921568 STK at 90, the open of 2024-02-05.")
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
        var hold = Floor.above
        hold["exit"] = ["logic": "AND", "conditions": [["left": ["price": "close"], "op": "lt", "right": ["literal": 0]]]]
        let floor = try Floor(hold)
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
            let mine = Double(point["equity"]?.stringValue ?? "") ?? 0, meant = point["backtest"]?.numberValue?.double ?? 0
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
        var definition = Floor.above
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
            let floor = try Floor(definition)
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
        let floor = try Floor()
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
        #expect(try floor.desk.order("BUY", ["quantity": "1", "client_order_id": .string(name)], status: 400)["code"] == "VALIDATION_ERROR")
        try floor.desk.verify()
    }

    @Test func `who paused misses what came, and is told what it cost`() throws {
        let floor = try Floor()
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
                == "Sold 97.08737864 STK at 88, the open of 2024-02-14, because the strategy was out of the market already."
        )
        let timing = try floor.performance(runner)["comparison"]?.objectValue?["timing"]?.numberValue?.double ?? 0
        #expect(timing < -100, "sold at 88 instead of 90")
        try floor.desk.verify()
    }

    @Test func `stopped it leaves what it holds, or sells it`() throws {
        for position in ["keep", "close"] {
            let floor = try Floor()
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
        let floor = try Floor()
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
        let floor = try Floor()
        let runner = try floor.start()
        // As if a split had not been told.
        try floor.next(101, 50, 50, 101, 101)
        let waiting = try floor.shown(runner)
        #expect(try floor.fills(runner).count <= 1, "\(waiting)")
        #expect(waiting["detail"]?.stringValue?.hasPrefix("It waits: something is wrong with the bars of STK.") == true, "\(waiting)")
        let old = try Floor(Floor.above, ["PAPER_STALE_PRICES": "refuse"])
        let patient = try old.start()
        try old.next(101, 102)
        #expect(try old.fills(patient) == [])
        #expect(
            try old.shown(patient)["detail"]
                == "It waits: the newest bar of STK, 2024-02-01, is too old to trade at.")
    }

    @Test func `late, in and out again in one bar, and nobody behind it waits`() throws {
        var definition = Floor.above
        definition["risk"] = ["stop_loss": ["type": "percent", "value": 1]]
        let floor = try Floor(definition)
        let runner = try floor.start(), path = "/\(runner["id"]?.stringValue ?? "")"
        let other = try floor.start(["strategy_version_id": .number(Number(try floor.save(Floor.above, as: "other")))])
        try floor.next(101, 101)
        #expect(try floor.fills(runner).count == 1)
        _ = try floor.send(path + "/pause")
        // Stopped out, and an entry for the next open, while it was paused.
        try floor.next((open: 101, high: 102, low: 98, close: 101.5))
        _ = try floor.send(path + "/resume")
        try floor.next((open: 102, high: 102, low: 94, close: 96))
        #expect(try floor.fills(runner).map { $0.prefix(4) } == ["BUY ", "SELL", "BUY ", "SELL"])
        #expect(try floor.shown(runner)["quantity"] == "0")
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

    @Test func `bars that nobody has checked yet wait, and those that were adjusted stop it`() throws {
        let floor = try Floor()
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

    @Test func `its owner is told what it is about to do, and that it has ended`() throws {
        let floor = try Floor()
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
            var restless = Floor.above
            restless["entry"] = ["logic": "AND", "conditions": [["left": ["price": "close"], "op": "gt", "right": ["literal": 1]]]]
            restless["exit"] = restless["entry"] ?? .null
            let floor = try Floor(restless)
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
        let floor = try Floor(Floor.above, ["PAPER_MAX_ORDER_NOTIONAL": "10050"])
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
                == "A purchase at the open of 2024-02-05 was refused. It is worth 11,000.00; one order may be worth 10,050.00 at most.")
        #expect(try floor.shown(runner)["refused"] == 1)
        try floor.desk.verify()
    }

    @Test(arguments: [
        (["capital": "0.5"], 400, "capital"), (["capital": "100001"], 422, "free"),
        (["allocation_pct": 0], 400, "allocation_pct"), (["allocation_pct": 50, "risk_pct": 1], 400, "Only one"),
        (["risk_pct": 1], 400, "no stop loss"), (["symbol": "COIN-USD"], 400, "CRYPTO"),
        (["symbol": "NONE"], 400, "No active symbol"), (["timeframe": "1h"], 400, "1d bars"),
        (["strategy_version_id": 999_999], 404, "no version"),
    ] as [(Object, Int, String)])
    func `what cannot be is refused with its reason`(_ wish: Object, _ status: Int, _ words: String) throws {
        let floor = try Floor()
        let answer = try floor.start(wish, status: status)
        #expect("\(answer)".contains(words), "\(answer)")
        #expect(try floor.desk.rows("/api/trading/runners", "runners").isEmpty)
        #expect(try floor.desk.get("/api/trading/portfolio-summary")["promised_cash"] == "0.00")
    }

    @Test func `one version runs once on a series, and so many in all`() throws {
        let floor = try Floor(Floor.above, ["PAPER_MAX_RUNNERS": "2"])
        let runner = try floor.start(["capital": "100"])
        _ = try floor.start(["capital": "100"], status: 409)
        var other = Floor.above
        for step in [1, 2] {
            other["risk"] = ["stop_loss": ["type": "percent", "value": .number(Number(step))]]
            let wish: Object = [
                "strategy_version_id": .number(Number(try floor.save(other, as: "other \(step)"))), "capital": "100", "risk_pct": 1,
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
