import HTTP
import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct IngestionRoutesTests {
    /// An installation with an admin and somebody else, and series from a vendor and from a file.
    private struct Market {
        let installation: Installation
        let admin: TestBrowser
        let user: TestBrowser

        init(_ environment: [String: String] = [:]) throws {
            installation = try Installation(environment)
            admin = try installation.user("admin@example.org").browser
            user = try installation.user("user@example.org").browser
            var db = try installation.database.connect()
            for (symbol, type, timeframe, source) in [
                ("BTC-USD", AssetType.crypto, Timeframe.hour, "coinbase"), ("FILE-USD", .crypto, .day, "file"),
                ("FILE", .equity, .day, "file"),
            ] {
                _ = try BarStore().store(
                    BarSeries(symbol: symbol, assetType: type, timeframe: timeframe),
                    from: BarSource(provider: source), in: &db
                ) { put in try put(IngestionBench.bars(timeframe, from: "2024-01-01", 3)) }
            }
            // The checks that bars bring with them.
            try db.script("UPDATE jobs SET status = 'cancelled', finished_at = now()")
        }

        func post(_ path: String, _ body: String, _ browser: TestBrowser? = nil) throws -> HTTPClient.Answer {
            try (browser ?? admin).send("POST", path, parse(Array(body.utf8)))
        }

        /// Jobs that somebody has queued.
        func waiting() throws -> Int {
            try installation.scalar("SELECT count(*) FROM jobs WHERE status = 'pending'")
        }

        func get(_ path: String, _ browser: TestBrowser? = nil) throws -> HTTPClient.Answer {
            try (browser ?? admin).send("GET", path)
        }
    }

    private static func jobs(_ answer: HTTPClient.Answer) -> [Object] {
        (answer.object?["jobs"]?.arrayValue ?? []).compactMap(\.objectValue)
    }

    private static func what(_ job: Object) -> String {
        let payload = job["payload"]?.objectValue ?? [:]
        let words = [job["symbol"]] + ["interval", "provider"].map { payload[$0] }
        return ([job["job_type"]?.stringValue ?? "?"] + words.compactMap { $0?.stringValue }).joined(separator: " ")
    }

    private static let wishes: [(String, String, [String])] = [
        ("crypto", #"{"symbol":"BTC-USD"}"#, ["ingest_bars BTC-USD 1h coinbase"]),
        (
            "crypto", #"{"symbol":"eth/usd"}"#,
            ["ingest_bars ETH-USD 1d coinbase", "ingest_bars ETH-USD 1h coinbase"]
        ),
        ("crypto", #"{"symbol":"BTCUSD","intervals":["1h"]}"#, ["ingest_bars BTC-USD 1h coinbase"]),
        ("equity", #"{"symbol":"msft"}"#, ["ingest_bars MSFT 1d alpaca"]), ("equity", "{}", ["plan_ingestion"]),
        ("crypto", #"{"intervals":["1h"]}"#, ["plan_ingestion"]), ("crypto", #"{"symbol":null}"#, ["plan_ingestion"]),
    ]

    @Test(arguments: wishes)
    func `an operator has bars fetched, and the same wish twice is one job`(
        _ kind: String, _ body: String, _ expected: [String]
    ) throws {
        let market = try Market(["ALPACA_KEY_ID": "k", "ALPACA_SECRET_KEY": "s"])
        let answer = try market.post("/api/market-data/ingestion/\(kind)", body)
        #expect(answer.status == 202, "\(answer.text)")
        let jobs = Self.jobs(answer)
        #expect(jobs.map(Self.what) == expected)
        let first = try #require(jobs.first?["id"]?.stringValue)
        #expect(answer.fields.contains { $0.name == "Location" && $0.value == "/api/jobs/\(first)" })
        let again = try market.post("/api/market-data/ingestion/\(kind)", body)
        #expect(Self.jobs(again).map { $0["id"]?.stringValue } == jobs.map { $0["id"]?.stringValue })
        #expect(try market.get("/api/jobs/\(first)").object?["status"] == "pending")
    }

    private static let refusals: [(String, String, Int, String)] = [
        ("crypto", #"{"symbol":"FILE-USD"}"#, 409, "is stored from file"),
        ("equity", #"{"symbol":"FILE"}"#, 409, "is stored from file"),
        ("equity", #"{"symbol":"BTC-USD"}"#, 409, "is stored as a coin"),
        ("crypto", #"{"symbol":"AAPL"}"#, 400, "of a share say asset_type EQUITY"),
        ("crypto", #"{"symbol":"A B"}"#, 400, "symbol"),
        ("crypto", #"{"symbol":"BTC-USD","intervals":["1h","1h"]}"#, 400, "in the list already"),
        ("crypto", #"{"symbol":"BTC-USD","intervals":["1m"]}"#, 400, "1d, 1h"),
        ("crypto", #"{"symbol":"BTC-USD","intervals":["1d"]}"#, 202, ""),
        ("equity", #"{"intervals":["1d"]}"#, 400, "not known"),
    ]

    @Test(arguments: refusals)
    func `what cannot be fetched is refused in one sentence`(
        _ kind: String, _ body: String, _ status: Int, _ sentence: String
    ) throws {
        let market = try Market(["TIINGO_TOKEN": "t"])
        let answer = try market.post("/api/market-data/ingestion/\(kind)", body)
        #expect(answer.status == status && (sentence.isEmpty || answer.text.contains(sentence)), "\(answer.text)")
        if status != 202 { #expect(try market.waiting() == 0) }
    }

    @Test func `without a key nobody is asked for shares`() throws {
        let answer = try Market().post("/api/market-data/ingestion/equity", #"{"symbol":"AAPL"}"#)
        #expect(answer.status == 409 && answer.text.contains("TIINGO_TOKEN"), "\(answer.text)")
        #expect(answer.text.contains("ALPACA_KEY_ID and ALPACA_SECRET_KEY in bitstockerz.env"), "\(answer.text)")
        #expect(answer.text.contains("restart bitstockerz-worker"), "\(answer.text)")
    }

    private static let orders: [(String, Int, String)] = [
        (#""ingest_bars","symbol":"ETH-USD","interval":"1d","from":"2024-01-01""#, 202, ""),
        (#""ingest_bars","symbol":"FILE-USD","interval":"1d","replace":true"#, 202, ""),
        (#""ingest_bars","symbol":"BTC-USDT","interval":"1d","provider":"binance""#, 202, ""),
        (#""ingest_bars","symbol":"ETH-USD","interval":"1d","provider":"nobody""#, 400, "There is no provider nobody"),
        (
            #""ingest_bars","symbol":"AAPL","interval":"1d","provider":"tiingo""#, 409,
            "there is none: set TIINGO_TOKEN in bitstockerz.env"
        ),
        (
            #""ingest_bars","symbol":"AAPL","interval":"1d","provider":"binance""#, 400,
            "binance does not give daily bars of AAPL, which is a stock."
        ),
        (#""ingest_bars","symbol":"FILE-USD","interval":"1d""#, 409, "stored from file"),
        (#""ingest_bars""#, 400, "2 mistakes"), (#""check_bars","symbol":"BTC-USD""#, 202, ""),
        (#""check_bars","symbol":"NONE""#, 404, "No bars"),
        (#""check_bars","symbol":"BTC-USD","from":"2024-01-01""#, 400, "from is not for check_bars"),
        (#""plan_ingestion""#, 202, ""), (#""plan_ingestion","interval":"1h""#, 202, ""), (#""maintenance""#, 202, ""),
        (#""maintenance","symbol":"AAPL""#, 400, "not for maintenance"), (#""backtest""#, 400, "one of"),
        ("null", 400, "job_type"),
    ]

    @Test(arguments: orders)
    func `an operator orders jobs of some kinds`(_ order: String, _ status: Int, _ sentence: String) throws {
        let market = try Market()
        let body = "{\"job_type\":\(order)}"
        let answer = try market.post("/api/jobs", body)
        #expect(answer.status == status && (sentence.isEmpty || answer.text.contains(sentence)), "\(answer.text)")
        guard status == 202 else { return }
        #expect(try market.post("/api/jobs", body).object?["id"] == answer.object?["id"])
    }

    @Test func `a wish is not answered with a job that does something else`() throws {
        let market = try Market()
        let topUp = #"{"job_type":"ingest_bars","symbol":"ETH-USD","interval":"1h"}"#
        let whole = #"{"job_type":"ingest_bars","symbol":"ETH-USD","interval":"1h","from":"2020-01-01"}"#
        #expect(try market.post("/api/jobs", topUp).status == 202)
        let before = try market.waiting()
        let refused = try market.post("/api/jobs", whole)
        #expect(refused.status == 409 && refused.text.contains("Cancel it first"), "\(refused.text)")
        #expect(try market.waiting() == before)
    }

    @Test func `the kinds that may be ordered are kinds`() {
        for kind in JobOrders.OrderedJob.allCases { #expect(JobKinds.all.contains { $0.name == kind.rawValue }) }
    }

    @Test(arguments: ["/api/market-data/ingestion/crypto", "/api/market-data/ingestion/equity", "/api/jobs"])
    func `nobody else may`(_ path: String) throws {
        let market = try Market()
        let body = path == "/api/jobs" ? #"{"job_type":"maintenance"}"# : "{}"
        #expect(try market.post(path, body, market.user).status == 403)
        #expect(try market.post(path, body, market.installation.browser()).status == 401)
        #expect(try market.waiting() == 0)
    }

    @Test func `people see their own jobs, an operator all of them`() throws {
        let market = try Market()
        let made = try market.post("/api/market-data/ingestion/crypto", #"{"symbol":"ETH-USD"}"#)
        let ids = Self.jobs(made).compactMap { $0["id"]?.stringValue }
        let listed = Self.jobs(try market.get("/api/jobs?job_type=ingest_bars&status=pending"))
        #expect(Set(listed.compactMap { $0["id"]?.stringValue }) == Set(ids))
        let paged = try market.get("/api/jobs?job_type=ingest_bars&limit=1")
        #expect(Self.jobs(paged).count == 1 && paged.object?["has_more"] == true)
        #expect(Self.jobs(try market.get("/api/jobs?job_type=check_bars")).count == 3, "those of the system too")
        #expect(Self.jobs(try market.get("/api/jobs", market.user)).isEmpty)
        #expect(try market.get("/api/jobs/\(ids[0])", market.user).status == 404)
        #expect(try market.user.send("POST", "/api/jobs/\(ids[0])/cancel").status == 404)
    }

    @Test func `a job that waits is cancelled at once, one under way is told to stop`() throws {
        let market = try Market()
        let ids = Self.jobs(try market.post("/api/market-data/ingestion/crypto", #"{"symbol":"ETH-USD"}"#)).compactMap {
            $0["id"]?.stringValue
        }
        let waiting = try market.admin.send("POST", "/api/jobs/\(ids[0])/cancel")
        #expect(waiting.status == 200 && waiting.object?["status"] == "cancelled")
        #expect(try market.admin.send("POST", "/api/jobs/\(ids[0])/cancel").status == 409)
        var db = try market.installation.database.connect()
        try db.run(
            .change(
                """
                UPDATE jobs SET status = 'running', worker = 'w/1/a', attempts = 1, started_at = now(),
                  lease_until = now() + interval '1 hour' WHERE id = $1::uuid
                """, ids[1]))
        let running = try market.admin.send("POST", "/api/jobs/\(ids[1])/cancel")
        #expect(running.status == 202 && running.object?["status"] == "running")
        #expect(
            try market.installation.scalar("SELECT count(*) FROM jobs WHERE cancel_requested AND status = 'running'")
                == 1)
        #expect(try market.admin.send("POST", "/api/jobs/00000000-0000-4000-8000-000000000000/cancel").status == 404)
    }

    @Test func `health tells how the vendors stand`() throws {
        let market = try Market()
        var db = try market.installation.database.connect()
        try db.run(ProviderBreaker.answered("binance", since: Instant("2024-01-01T00:00:00Z")!, hasBars: true))
        try db.run(ProviderBreaker.failed("coinbase", .rateLimited(retryAfterSeconds: 600)))
        let health = try market.installation.send("GET", "/api/market-data/health", [], nil)
        let vendors = (health.object?["providers"]?.arrayValue ?? []).compactMap(\.objectValue)
        func told(_ name: String) -> Object { vendors.first { $0["name"]?.stringValue == name } ?? [:] }
        #expect(vendors.count == 4)
        #expect(told("coinbase")["breaker"] == "open" && told("coinbase")["series"] == 1)
        #expect(told("coinbase")["last_error_code"] == "PROVIDER_RATE_LIMITED")
        #expect(told("binance")["breaker"] == "closed" && told("binance")["last_success_at"]?.stringValue != nil)
        #expect(told("tiingo")["is_configured"] == false && told("coinbase")["is_configured"] == true)
        #expect(told("alpaca")["asset_types"] == ["CRYPTO"])
    }
}
