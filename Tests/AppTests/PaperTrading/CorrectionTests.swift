import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

/// A corrected bar undoes no fill; its owner is told where the rule of prices gives another one by now.
@Suite struct CorrectionTests {
    /// Symbol and price of the fill; open, low, high and close of the bar now.
    private static func told(_ desk: TradingDesk) throws -> [[Value?]] {
        try desk.rows("/api/trading/corrections", "corrections").map { row in
            let execution = row["execution"]?.objectValue
            return [
                execution?["symbol"], execution?["price"].map { .string($0.short) }, row["open"], row["low"],
                row["high"],
                row["close"],
            ]
        }
    }

    private static let days = TradingDesk.sessions(from: "2024-01-02", count: 24)

    @Test func `a purchase at the market is told of another close, and of a bar that is gone`() throws {
        let desk = try TradingDesk()
        try desk.order("BUY", ["quantity": "1"])
        try desk.order("BUY", ["symbol": "COIN-USD", "quantity": "1"])
        try desk.put("STK", .equity, [(Self.days[19], 99, 102, 98, 100)])
        #expect(try Self.told(desk) == [], "its close is the same")
        try desk.put("STK", .equity, [(Self.days[19], 100, 101, 99, 100.5)])
        #expect(try Self.told(desk) == [["STK", "100", 100, 99, 101, 100.5]])
        try desk.db.script("DELETE FROM crypto_daily_bars; UPDATE bar_series SET revision = revision + 1")
        #expect(try Self.told(desk).first == ["COIN-USD", "50", .null, .null, .null, .null])
        #expect(try desk.get("/api/paper-account")["cash_balance"] == "99850.00")
        try desk.put("STK", .equity, [(Self.days[19], 100, 101, 99, 100)])
        #expect(try Self.told(desk).count == 1)
    }

    /// What rests, the bar that fills it at which price, and what the bar is then: whether that is told.
    @Test(
        arguments: [
            // A limit: at itself while the bar trades through it, and at a better open.
            (["order_type": "LIMIT", "limit_price": "98"], [99, 100, 96, 99], "98", [99, 100, 97, 98.5], false),
            (["order_type": "LIMIT", "limit_price": "98"], [99, 100, 96, 99], "98", [99, 100, 98, 99], true),
            (["order_type": "LIMIT", "limit_price": "98"], [99, 100, 96, 99], "98", [97.5, 100, 96, 99], true),
            (["order_type": "LIMIT", "limit_price": "98"], [97, 100, 96, 99], "97", [97, 103, 90, 95], false),
            (["order_type": "LIMIT", "limit_price": "98"], [97, 100, 96, 99], "97", [97.5, 100, 96, 99], true),
            // A stop: at itself once it is reached, and at a worse open.
            (["order_type": "STOP", "stop_price": "102"], [101, 104, 100, 103], "102", [100, 102, 99, 100], false),
            (["order_type": "STOP", "stop_price": "102"], [101, 104, 100, 103], "102", [101, 101.5, 100, 101], true),
            (["order_type": "STOP", "stop_price": "102"], [103, 104, 100, 103], "103", [103.5, 104, 100, 103], true),
            (["order_type": "STOP", "stop_price": "102"], [103, 104, 100, 103], "103", [103, 108, 102, 107], false),
            (
                ["order_type": "STOP_LIMIT", "stop_price": "102", "limit_price": "104"], [101, 104, 100, 103], "102",
                [101, 101.5, 100, 101], true
            ),
        ] as [(Object, [Double], String, [Double], Bool)])
    func `an order that rested is told where its bar gives another price`(
        _ ticket: Object, _ bar: [Double], _ price: String, _ corrected: [Double], _ isTold: Bool
    ) throws {
        let desk = try TradingDesk()
        let order = try desk.order("BUY", Object([("quantity", "2")] + ticket.members.map { ($0.name, $0.value) }))
        try desk.next((bar[0], bar[1], bar[2], bar[3]))
        #expect(try desk.shown(order)["avg_fill_price"]?.short == price)
        #expect(try Self.told(desk) == [])
        try desk.put("STK", .equity, [(Self.days[20], corrected[0], corrected[1], corrected[2], corrected[3])])
        #expect(try Self.told(desk).count == (isTold ? 1 : 0), "\(corrected)")
        // Bars that come later raise the revision, too.
        try desk.put("STK", .equity, [(Self.days[20], bar[0], bar[1], bar[2], bar[3]), (Self.days[21], 1, 2, 1, 1)])
        #expect(try Self.told(desk) == [])
        try desk.verify()
    }

    @Test func `the exits of a bracket are told by their own rule`() throws {
        for (bar, corrected, isTold) in [
            // The target is filled where it is only touched; a limit order would not be.
            ([101, 110, 100, 105], [101, 110, 99, 105], false), ([101, 110, 100, 105], [101, 109.5, 100, 105], true),
            ([111, 112, 100, 105], [111.5, 112, 100, 105], true), ([101, 102, 95, 96], [101, 102, 94, 95], false),
            ([101, 102, 95, 96], [101, 102, 95.5, 96], true), ([94, 96, 93, 95], [94.5, 96, 93, 95], true),
        ] as [([Double], [Double], Bool)] {
            let desk = try TradingDesk()
            try desk.order("BUY", ["quantity": "1", "stop_loss": "95", "take_profit": "110"])
            try desk.next((bar[0], bar[1], bar[2], bar[3]))
            #expect(try desk.rows("/api/trading/executions", "executions").count == 2, "\(bar)")
            try desk.put("STK", .equity, [(Self.days[20], corrected[0], corrected[1], corrected[2], corrected[3])])
            #expect(try Self.told(desk).count == (isTold ? 1 : 0), "\(bar) \(corrected)")
        }
    }

    @Test func `a limit that waited for its stop is told as the limit that it was`() throws {
        let desk = try TradingDesk()
        try desk.order(
            "BUY", ["quantity": "1", "order_type": "STOP_LIMIT", "stop_price": "105", "limit_price": "106"])
        try desk.next((107, 108, 106, 107), (107, 108, 104, 105))
        try desk.put("STK", .equity, [(Self.days[21], 107, 109, 103, 105)])
        #expect(try Self.told(desk) == [])
        try desk.put("STK", .equity, [(Self.days[21], 107, 109, 106, 107)])
        #expect(try Self.told(desk) == [["STK", "106", 107, 106, 109, 107]])
    }

    @Test func `a runner's fills are told of another open, and its exits of another level`() throws {
        var definition = RunnerFloor.above
        definition["risk"] = [
            "stop_loss": ["type": "percent", "value": 2], "take_profit": ["type": "percent", "value": 3],
        ]
        let floor = try RunnerFloor(definition), desk = floor.desk, runner = try floor.start()
        // Bought at the open of 102, stopped at 102 * 0.98 = 99.96.
        try floor.next(101)
        try floor.next((102, 103, 101, 102))
        try floor.next((101, 102, 99, 100))
        #expect(try floor.fills(runner).map { $0.suffix(5) } == ["t 102", "99.96"])
        func put(_ index: Int, _ open: Double, _ high: Double, _ low: Double, _ close: Double) throws {
            try desk.put("STK", .equity, [(Self.days[index], open, high, low, close)])
        }
        #expect(try Self.told(desk) == [])
        try put(21, 100, 103, 100, 102)
        #expect(try Self.told(desk) == [["STK", "102", 100, 100, 103, 102]], "102 is within the bar, and not its open")
        try put(21, 102, 104, 101, 103)
        #expect(try Self.told(desk) == [])
        try put(22, 101, 102, 99.97, 100)
        #expect(try Self.told(desk) == [["STK", "99.96", 101, 99.97, 102, 100]], "the stop is not reached")
        try put(22, 101, 102, 99.96, 100)
        #expect(try Self.told(desk) == [])
        try put(22, 99.5, 102, 99, 100)
        #expect(try Self.told(desk).count == 1, "the open is beyond the stop")
        try put(22, 101, 102, 99, 100)
        try desk.verify()
    }

    @Test func `a runner's exit after a split is not measured by what it paid before it`() throws {
        var definition = RunnerFloor.above
        // In no unit of its own, so that it means the same after the split.
        definition["entry"] = [
            "logic": "AND", "conditions": [["left": ["price": "close"], "op": "gt", "right": ["price": "open"]]],
        ]
        definition["exit"] = [
            "logic": "AND", "conditions": [["left": ["price": "close"], "op": "lt", "right": ["literal": 1]]],
        ]
        definition["risk"] = ["stop_loss": ["type": "percent", "value": 2]]
        let floor = try RunnerFloor(definition), desk = floor.desk, runner = try floor.start()
        let path = "/\(runner["id"]?.stringValue ?? "")"
        try floor.next((100, 102, 100, 101))
        try floor.next((102, 103, 101, 102))
        _ = try floor.send(path + "/pause")
        try desk.restate(by: 0.25)
        _ = try floor.send(path + "/resume")
        // Stopped at 102 / 4 * 0.98, two sessions later: the first is behind its start.
        try floor.next((25.5, 26, 25.4, 25.5))
        try floor.next((25.2, 25.3, 24, 24.5))
        #expect(try floor.fills(runner).last?.hasSuffix(" at 24.99") == true)
        try floor.next(24.5)
        #expect(try Self.told(desk) == [])
        try desk.verify()
    }

    @Test func `a runner that was stopped has sold at a close`() throws {
        let floor = try RunnerFloor(), runner = try floor.start()
        try floor.next(101)
        try floor.next((102, 103, 101, 102.5))
        _ = try floor.send("/\(runner["id"]?.stringValue ?? "")/stop", ["position": "close"])
        #expect(try floor.fills(runner).last?.hasSuffix("at 102.5") == true)
        try floor.desk.put("STK", .equity, [(Self.days[21], 102, 104, 101, 102.5)])
        #expect(try Self.told(floor.desk) == [])
        try floor.desk.put("STK", .equity, [(Self.days[21], 102, 104, 101, 103)])
        #expect(try Self.told(floor.desk) == [["STK", "102.5", 102, 101, 104, 103]])
    }
}
