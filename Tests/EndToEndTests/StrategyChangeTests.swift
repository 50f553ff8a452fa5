import Foundation
import JSON
import TestSupport
import Testing

@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct StrategyChangeTests {
    let server: TestServer

    init() throws { server = try TestServer.shared.get() }

    private func put(_ id: String, _ body: String, key: String? = nil) throws -> HTTPClient.Answer {
        try server.client.send("PUT", "/api/strategies/\(id)", key: key ?? server.key, json: body)
    }

    /// ``TestStrategy`` with another bound for the RSI.
    private func definition(_ bound: Int) -> String {
        TestStrategy.definition.replacing("\"literal\":70", with: "\"literal\":\(bound)")
    }

    @Test func `a definition makes a new version, and the old one stays as it was`() throws {
        let id = try server.strategy("grows")
        let answer = try put(id, "{\"definition\":\(definition(65))}")
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.object?["version_number"]?.numberValue?.int == 2)
        #expect(answer.object?["summary"]?.stringValue?.contains("RSI(14) is below 65") == true)
        #expect(answer.object?["name"] == "grows")
        let old = try server.client.send("GET", "/api/strategies/\(id)?version=1", key: server.key)
        #expect(old.object?["definition"] == (try parse(Array(TestStrategy.definition.utf8))))
    }

    @Test func `without a definition there is no new version`() throws {
        let id = try server.strategy("is renamed")
        let answer = try put(id, #"{"name":" has been renamed ","description":"why"}"#)
        #expect(answer.status == 200)
        #expect(answer.object?["name"] == "has been renamed" && answer.object?["description"] == "why")
        #expect(answer.object?["version_number"]?.numberValue?.int == 1)
        let got = try server.client.send("GET", "/api/strategies/\(id)", key: server.key)
        #expect(got.object == answer.object)
    }

    @Test(arguments: [
        (#"{"name":" "}"#, 400, "VALIDATION_ERROR"),
        (#"{"name":"x","extra":1}"#, 400, "VALIDATION_ERROR"),
        (#"{"timeframe":"1h"}"#, 400, "VALIDATION_ERROR"),
        (#"{"definition":{}}"#, 400, "STRATEGY_VALIDATION_ERROR"),
        (#"{"name":"the other one"}"#, 409, "CONFLICT"),
        ("[]", 400, "VALIDATION_ERROR"),
    ])
    func `a bad change changes nothing`(_ body: String, _ status: Int, _ code: String) throws {
        if body.contains("other one") { _ = try server.strategy("the other one") }
        let id = try server.strategy("stays as it is \(status) \(body.count)")
        let before = try server.client.send("GET", "/api/strategies/\(id)", key: server.key).object
        let answer = try put(id, body)
        #expect(answer.status == status && answer.code == code, "\(answer.text)")
        #expect(try server.client.send("GET", "/api/strategies/\(id)", key: server.key).object == before)
    }

    @Test func `updates at once lose no version`() throws {
        let id = try server.strategy("contended")
        let numbers = try inParallel(12) { bound in
            try self.put(id, "{\"definition\":\(definition(40 + bound))}").object?["version_number"]?.numberValue?.int
        }
        #expect(Set(numbers) == Set(2...13))
        let page = try server.client.send("GET", "/api/strategies/\(id)/versions?limit=100", key: server.key)
        let versions = page.object?["versions"]?.arrayValue?.compactMap { $0.objectValue } ?? []
        #expect(versions.compactMap { $0["version_number"]?.numberValue?.int } == Array((1...13).reversed()))
        #expect(Set(versions.compactMap { $0["definition_hash"]?.stringValue }).count == 13)
    }

    @Test func `versions come in pages`() throws {
        let id = try server.strategy("paged")
        for bound in [61, 62] { _ = try put(id, "{\"definition\":\(definition(bound))}") }
        let page = try server.client.send("GET", "/api/strategies/\(id)/versions?limit=2&offset=1", key: server.key)
        let numbers = page.object?["versions"]?.arrayValue?.compactMap {
            $0.objectValue?["version_number"]?.numberValue?.int
        }
        #expect(numbers == [2, 1] && page.object?["has_more"] == false)
    }

    @Test func `a deleted strategy is gone, its runs and its name are not`() throws {
        let id = try server.strategy("deleted")
        let run = try server.finished(server.backtest(strategy: id))
        let gone = try server.client.send("DELETE", "/api/strategies/\(id)", key: server.key)
        #expect(gone.status == 204 && gone.body.isEmpty)
        let calls = [("GET", ""), ("GET", "/versions"), ("DELETE", ""), ("POST", "/duplicate")]
        for (method, place) in calls {
            let answer = try server.client.send(method, "/api/strategies/\(id)\(place)", key: server.key)
            #expect(answer.status == 404 && answer.code == "STRATEGY_NOT_FOUND", "\(method) \(place)")
        }
        #expect(try put(id, #"{"name":"back"}"#).status == 404)
        let kept = try server.client.send("GET", "/api/backtests/\(run["id"]?.stringValue ?? "")", key: server.key)
        #expect(kept.object?["result_hash"] == run["result_hash"])
        _ = try server.strategy("deleted")
    }

    @Test func `a copy has a free name, one version and the lineage of its original`() throws {
        let id = try server.strategy("original")
        _ = try put(id, "{\"definition\":\(definition(55))}")
        var ids: [String] = []
        for name in ["original (copy)", "original (copy 2)"] {
            let copy = try server.client.send("POST", "/api/strategies/\(id)/duplicate", key: server.key)
            let copyID = try #require(copy.object?["id"]?.stringValue, "\(copy.text)")
            #expect(copy.status == 201 && copy["Location"] == "/api/strategies/\(copyID)")
            #expect(copy.object?["name"]?.stringValue == name)
            #expect(copy.object?["version_number"]?.numberValue?.int == 1)
            #expect(copy.object?["summary"]?.stringValue?.contains("is below 55") == true)
            ids.append(copyID)
        }
        let lineages = try server.scalar(
            "SELECT count(DISTINCT lineage_id) FROM strategies WHERE id IN ('\(id)', '\(ids[0])', '\(ids[1])')")
        #expect(lineages == 1)
    }

    @Test func `copies made at once have different names`() throws {
        let id = try server.strategy("copied at once")
        let names = try inParallel(6) { _ in
            try self.server.client.send("POST", "/api/strategies/\(id)/duplicate", key: self.server.key)
                .object?["name"]?.stringValue
        }
        #expect(Set(names.compactMap { $0 }).count == 6)
    }

    @Test func `nobody changes other people's strategies`() throws {
        let id = try server.strategy("nobody else touches")
        #expect(try put(id, #"{"name":"theirs"}"#, key: server.strangersKey).status == 404)
        for (method, place) in [("DELETE", ""), ("POST", "/duplicate"), ("GET", "/versions")] {
            let answer = try server.client.send(method, "/api/strategies/\(id)\(place)", key: server.strangersKey)
            #expect(answer.status == 404 && answer.code == "STRATEGY_NOT_FOUND", "\(method) \(place)")
        }
        #expect(
            try server.client.send("GET", "/api/strategies/\(id)", key: server.key).object?["name"]
                == "nobody else touches")
    }

    @Test func `a run keeps the version it was made with`() throws {
        let id = try server.strategy("pinned")
        let run = try server.finished(server.backtest(strategy: id))
        _ = try put(id, "{\"definition\":\(definition(50))}")
        let kept = try server.client.send("GET", "/api/backtests/\(run["id"]?.stringValue ?? "")", key: server.key)
        #expect(kept.object?["version_number"]?.numberValue?.int == 1)
        let next = try server.finished(server.backtest(strategy: id))
        #expect(next["version_number"]?.numberValue?.int == 2)
        #expect(next["content_hash"] != run["content_hash"])
    }
}
