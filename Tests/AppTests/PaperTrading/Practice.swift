import JSON
import Market
import TestSupport
import Testing

@testable import App

/// A trader who practises on the days of STK, or of the symbols that a test names: 20 sessions at 100 from 2024-01-02 on, then
/// what the test adds.
struct Practice {
    let desk: TradingDesk
    let id: String

    init(_ bars: [(Double, Double, Double, Double)] = [], _ more: Object = [:]) throws {
        desk = try TradingDesk()
        let days = TradingDesk.sessions(from: "2024-01-31", count: bars.count)
        if !bars.isEmpty { try desk.put("STK", .equity, zip(days, bars).map { ($0, $1.0, $1.1, $1.2, $1.3) }) }
        var body: Object = ["timeframe": "1d", "from": "2024-01-27", "starting_balance": "10000"]
        if more["symbols"] == nil { body["symbol"] = "STK" }
        for (name, value) in more.members { body[name] = value }
        let answer = try desk.browser.send("POST", "/api/trading/replays", .object(body))
        #expect(answer.status == 201, "\(answer.text)")
        id = answer.object?["replay"]?.objectValue?["id"]?.stringValue ?? ""
    }

    func shown() throws -> Object { try desk.get("/api/trading/replays/\(id)") }
    func replay() throws -> Object { try shown()["replay"]?.objectValue ?? [:] }

    func position(_ place: Int = 0) throws -> Object {
        try replay()["positions"]?.arrayValue?[place].objectValue ?? [:]
    }

    /// Symbol, quantity, last price and its bar of each position.
    func held() throws -> [String] {
        try replay()["positions"]?.arrayValue?.compactMap(\.objectValue).map { position in
            let (quantity, price) = (position["quantity"]?.short ?? "-", position["last_price"]?.short ?? "-")
            return
                "\(position["symbol"]?.stringValue ?? "") \(quantity) \(price) \(position["last_bar"]?.stringValue ?? "")"
        } ?? []
    }

    @discardableResult
    func step(_ bars: Int = 1, clock: String? = nil, status: Int = 200) throws -> Object {
        let now = try clock ?? replay()["clock"]?.stringValue ?? ""
        let answer = try desk.browser.send(
            "POST", "/api/trading/replays/\(id)/step", ["bars": .number(Number(bars)), "clock": .string(now)])
        #expect(answer.status == status, "\(answer.text)")
        return answer.object ?? [:]
    }

    func order(_ side: String, _ ticket: Object, status: Int = 200) throws -> Object {
        var body: Object = ["symbol": "STK", "side": .string(side)]
        for (name, value) in ticket.members { body[name] = value }
        let answer = try desk.browser.send("POST", "/api/trading/replays/\(id)/orders", .object(body))
        #expect(answer.status == status, "\(answer.text)")
        return answer.object?["order"]?.objectValue ?? answer.object ?? [:]
    }

    func orders() throws -> [Object] { try shown()["orders"]?.arrayValue?.compactMap(\.objectValue) ?? [] }
}
