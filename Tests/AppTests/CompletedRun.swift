import Daemon
import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

/// An installation with one user and a completed run on a hundred days.
struct CompletedRun {
    let installation: Installation
    let user: TestBrowser
    let id: String
    var path: String { "/api/backtests/" + id }

    init() throws {
        installation = try Installation()
        user = try installation.user().browser
        var db = try installation.database.connect()
        var lines: [String] = []
        for day in 0..<100 {
            let price = 100 + (day / 12 % 2 == 0 ? day % 12 : 12 - day % 12) + day % 3
            let date = CalendarDay(daysSinceEpoch: 18_000 + day)!
            lines.append("\(date),\(price).25,\(price + 1).5,\(price - 1).75,\(price).5,1000")
        }
        let file = try TestPrices.file(lines, .crypto)
        _ = try BarImport(symbol: "OLD-USD").run(file, in: &db)
        let strategy = try user.send(
            "POST", "/api/strategies",
            [
                "name": "old", "asset_type": "CRYPTO", "timeframe": "1d",
                "definition": try parse(Array(TestDefinition.crossing.utf8)),
            ])
        let queued = try Self.order(strategy.object?["id"] ?? .null, user)
        id = queued.object?["id"]?.stringValue ?? ""
        try simulate()
    }

    private static func order(_ strategy: Value, _ user: TestBrowser) throws -> HTTPClient.Answer {
        try user.send(
            "POST", "/api/backtests",
            [
                "strategy_id": strategy, "symbol": "OLD-USD", "timeframe": "1d", "start_date": "2019-04-14",
                "end_date": "2019-12-31", "simulation": ["slippage_bps": 5, "execution_timing": "next_open"],
            ])
    }

    /// Patient: what it waits for may be what a test lets go only later.
    func connect() throws -> Connection {
        try installation.database.connect(SessionSettings(statementTimeoutMilliseconds: 60_000))
    }

    /// As the API tells it.
    func told() throws -> Object { try #require(try user.send("GET", path).object) }

    /// The same once more.
    func orderAgain() throws -> HTTPClient.Answer { try Self.order(told()["strategy_id"] ?? .null, user) }

    /// Does the next job of a run.
    func simulate() throws {
        var db = try connect()
        #expect(
            try SimulateRun(installation.configuration, log: Log(minimum: .error)).runNext(as: "test", in: &db) { _ in }
        )
    }

    /// The job that verifies the run, when it is over.
    func verified() throws -> Object {
        let queued = try user.send("POST", path + "/verify", [:])
        var db = try connect()
        #expect(
            try VerifyRun(installation.configuration, log: Log(minimum: .error)).runNext(as: "test", in: &db) { _ in })
        return try #require(try user.send("GET", queued["Location"] ?? "").object)
    }

    /// Changes what nobody may, as another release would have left it.
    func rewrite(_ sql: String) throws {
        var db = try connect()
        try db.script("BEGIN; SET LOCAL session_replication_role = replica; \(sql); COMMIT")
    }
}
