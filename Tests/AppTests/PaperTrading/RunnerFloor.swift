import Daemon
import JSON
import Jobs
import Market
import Postgres
import TestSupport
import Testing

@testable import App

/// A trader with a strategy on STK, whose bars come one after another.
struct RunnerFloor {
    let desk: TradingDesk
    private(set) var version = 0

    /// Buys when a bar closes above 100 and sells when one closes below 95.
    static let above: Object = [
        "indicators": [],
        "entry": [
            "logic": "AND", "conditions": [["left": ["price": "close"], "op": "gt", "right": ["literal": 100]]],
        ],
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
            let (quantity, price) = (order["quantity"]?.short ?? "-", order["avg_fill_price"]?.short ?? "-")
            return "\(order["side"]?.stringValue ?? "-") \(quantity) at \(price)"
        }
    }
}
