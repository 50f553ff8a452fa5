import JSON
import TestSupport
import Testing

@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct StrategyTests {
    let server: TestServer

    init() throws { server = try TestServer.shared.get() }

    private func create(_ name: String) throws -> HTTPClient.Answer {
        try server.client.send("POST", "/api/strategies", key: server.key, json: TestStrategy.draft(name: name))
    }

    @Test func `a saved strategy is version 1 and reads as a sentence`() throws {
        let created = try create("saved and read")
        #expect(created.status == 201)
        let id = try #require(created.object?["id"]?.stringValue)
        #expect(created["Location"] == "/api/strategies/\(id)")
        let got = try server.client.send("GET", "/api/strategies/\(id)", key: server.key)
        #expect(got.object == created.object)
        #expect(got.object?["version_number"]?.numberValue?.int == 1)
        #expect(got.object?["definition"] == (try parse(Array(TestStrategy.definition.utf8))))
        #expect(
            got.object?["summary"] == """
                Buy when SMA(10) crosses above SMA(30) and RSI(14) is below 70. Sell when SMA(10) crosses below SMA(30). \
                Stop loss 2%. Take profit 4%.
                """)
    }

    @Test func `a name is taken once`() throws {
        #expect(try create("only once").status == 201)
        let again = try create("only once")
        #expect(again.status == 409 && again.code == "CONFLICT")
        let other = try server.client.send(
            "POST", "/api/strategies", key: server.strangersKey, json: TestStrategy.draft(name: "only once"))
        #expect(other.status == 201)
    }

    @Test func `other people's strategies do not exist`() throws {
        let id = try #require(create("mine alone").object?["id"]?.stringValue)
        let answer = try server.client.send("GET", "/api/strategies/\(id)", key: server.strangersKey)
        #expect(answer.status == 404 && answer.code == "STRATEGY_NOT_FOUND")
        let nothing = try server.client.send(
            "GET", "/api/strategies/00000000-0000-0000-0000-000000000000", key: server.strangersKey)
        #expect(nothing.status == 404 && nothing.code == "STRATEGY_NOT_FOUND")
        let list = try server.client.send("GET", "/api/strategies", key: server.strangersKey)
        #expect(list.object?["strategies"]?.arrayValue?.contains { $0.objectValue?["id"]?.stringValue == id } == false)
    }

    @Test func `a version that is not there has its own code`() throws {
        let id = try #require(create("one version").object?["id"]?.stringValue)
        let answer = try server.client.send("GET", "/api/strategies/\(id)?version=2", key: server.key)
        #expect(answer.status == 404 && answer.code == "STRATEGY_VERSION_NOT_FOUND")
    }

    @Test func `a bad definition is refused with every error and its place`() throws {
        let body = """
            {"name":"bad","asset_type":"EQUITY","timeframe":"1d","definition":{"indicators":[{"id":"a","type":"WMA",\
            "params":{"period":10},"source":"close"}],"entry":{"logic":"OR","conditions":[]},"exit":{"logic":"AND",\
            "conditions":[{"left":{"indicator":"b"},"op":"gt","right":{"literal":1}}]},"risk":{},"extra":1}}
            """
        let answer = try server.client.send("POST", "/api/strategies", key: server.key, json: body)
        #expect(answer.status == 400 && answer.code == "STRATEGY_VALIDATION_ERROR")
        let codes =
            answer.object?["field_errors"]?.arrayValue?.compactMap { $0.objectValue?["code"]?.stringValue } ?? []
        for code in ["UNKNOWN_INDICATOR_TYPE", "LOGIC_NOT_SUPPORTED", "UNKNOWN_INDICATOR", "UNKNOWN_KEY"] {
            #expect(codes.contains(code), "\(codes)")
        }
    }

    @Test func `validate tells without saving`() throws {
        let good = try server.client.send(
            "POST", "/api/strategies/validate", key: server.key, json: "{\"definition\":\(TestStrategy.definition)}")
        #expect(good.object?["is_valid"] == true)
        #expect(good.object?["summary"]?.stringValue?.hasPrefix("Buy when") == true)
        let bad = try server.client.send(
            "POST", "/api/strategies/validate", key: server.key, json: "{\"definition\":{}}")
        #expect(bad.status == 200 && bad.object?["is_valid"] == false)
        #expect(bad.object?["errors"]?.arrayValue?.isEmpty == false)
    }

    @Test func `the catalog lists the indicators`() throws {
        let answer = try server.client.send("GET", "/api/strategies/indicators")
        let types = answer.object?["indicators"]?.arrayValue?.compactMap { $0.objectValue?["type"]?.stringValue }
        #expect(types == ["SMA", "EMA", "RSI"])
    }

    @Test func `hours are for coins`() throws {
        let answer = try server.client.send(
            "POST", "/api/strategies", key: server.key, json: TestStrategy.draft(name: "hourly stock", timeframe: "1h"))
        #expect(answer.status == 400 && answer.code == "VALIDATION_ERROR")
    }
}
