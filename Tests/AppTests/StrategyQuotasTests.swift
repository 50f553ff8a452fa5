import Foundation
import HTTP
import JSON
import Postgres
import Strategy
import Synchronization
import TestSupport
import Testing

@testable import App

@Suite struct StrategyQuotasTests {
    private func draft(_ name: String, description: String = "") throws -> Value {
        [
            "name": .string(name), "description": .string(description), "asset_type": "CRYPTO", "timeframe": "1d",
            "definition": try parse(Array(TestDefinition.crossing.utf8)),
        ]
    }

    /// What the table says of everybody, and what counting anew says.
    private func usage(_ installation: Installation) throws -> (kept: [Int], counted: [Int]) {
        var db = try installation.database.connect()
        func numbers(_ sql: String) throws -> [Int] {
            let rows = try db.query(sql)
            return try (0..<3).map { try rows.int(0, $0) }
        }
        return (
            try numbers(
                """
                SELECT coalesce(sum(strategies), 0)::bigint, coalesce(sum(strategy_versions), 0)::bigint,
                  coalesce(sum(strategy_bytes), 0)::bigint FROM user_usage
                """),
            try numbers(
                """
                SELECT (SELECT count(*) FROM strategies WHERE is_active), (SELECT count(*) FROM strategy_versions),
                  (SELECT coalesce(sum(octet_length(name) + octet_length(description)), 0)::bigint FROM strategies)
                  + (SELECT coalesce(sum(octet_length(definition_json::text)), 0)::bigint FROM strategy_versions)
                """)
        )
    }

    @Test func `a user has as many strategies as the quota says, and a deleted one makes room`() throws {
        let installation = try Installation(["QUOTA_STRATEGIES": "2"])
        let user = try installation.user().browser
        let first = try user.send("POST", "/api/strategies", draft("one"))
        #expect(first.status == 201)
        #expect(try user.send("POST", "/api/strategies", draft("two")).status == 201)
        let refused = try user.send("POST", "/api/strategies", draft("three"))
        #expect(refused.status == 429 && refused.code == "QUOTA_EXCEEDED", "\(refused.text)")
        let path = "/api/strategies/" + (first.object?["id"]?.stringValue ?? "")
        #expect(try user.send("POST", path + "/duplicate").code == "QUOTA_EXCEEDED")
        // What has no room is not stored, and what is there may change.
        #expect(try installation.scalar("SELECT count(*) FROM strategies") == 2)
        #expect(try user.send("PUT", path, ["description": "changed"]).status == 200)
        #expect(try user.send("DELETE", path).status == 204)
        #expect(try user.send("POST", "/api/strategies", draft("three")).status == 201)
        let (kept, counted) = try usage(installation)
        #expect(kept == counted && kept.prefix(2) == [2, 3])
    }

    @Test func `versions count, also those of deleted strategies`() throws {
        let installation = try Installation(["QUOTA_STRATEGY_VERSIONS": "3"])
        let user = try installation.user().browser
        let path =
            "/api/strategies/"
            + (try user.send("POST", "/api/strategies", draft("one")).object?["id"]?.stringValue ?? "")
        let definition = try parse(Array(TestDefinition.crossing.utf8))
        for _ in 0..<2 { #expect(try user.send("PUT", path, ["definition": definition]).status == 200) }
        #expect(try user.send("PUT", path, ["definition": definition]).code == "QUOTA_EXCEEDED")
        #expect(try user.send("PUT", path, ["name": "renamed"]).status == 200)
        #expect(try user.send("DELETE", path).status == 204)
        #expect(try user.send("POST", "/api/strategies", draft("two")).code == "QUOTA_EXCEEDED")
        let (kept, counted) = try usage(installation)
        #expect(kept == counted && kept.prefix(2) == [0, 3])
    }

    @Test func `bytes of all that is written count, and shorter words make room`() throws {
        let installation = try Installation(["QUOTA_STRATEGY_BYTES": "9000"])
        let user = try installation.user().browser
        let long = String(repeating: "é", count: 4_000)
        let first = try user.send("POST", "/api/strategies", draft("one", description: String(long.prefix(3_500))))
        #expect(first.status == 201)
        let path = "/api/strategies/" + (first.object?["id"]?.stringValue ?? "")
        #expect(try user.send("POST", "/api/strategies", draft("two", description: long)).code == "QUOTA_EXCEEDED")
        #expect(try user.send("PUT", path, ["description": .string(long + long)]).code == "QUOTA_EXCEEDED")
        #expect(try user.send("PUT", path, ["description": ""]).status == 200)
        #expect(
            try user.send("POST", "/api/strategies", draft("two", description: String(long.prefix(3_000)))).status
                == 201)
        let (kept, counted) = try usage(installation)
        #expect(kept == counted)
    }

    @Test func `above a quota that was lowered one may still rename, shorten and delete, but write no more`() throws {
        let roomy = try Installation(["QUOTA_STRATEGY_BYTES": "100000"])
        let user = try roomy.user().browser
        var paths: [String] = []
        for name in ["one", "two"] {
            let made = try user.send("POST", "/api/strategies", draft(name, description: "words and more words"))
            paths.append("/api/strategies/" + (made.object?["id"]?.stringValue ?? ""))
        }
        let narrow = try Installation(
            ["QUOTA_STRATEGIES": "1", "QUOTA_STRATEGY_VERSIONS": "1", "QUOTA_STRATEGY_BYTES": "1000"],
            database: roomy.database)
        let visitor = TestBrowser(origin: Installation.origin) {
            try narrow.send($0, $1, $2 + [Self.cookies(user)], $3)
        }
        let shorter = try visitor.send("PUT", paths[0], ["name": "on", "description": "words"])
        #expect(shorter.status == 200, "\(shorter.text)")
        #expect(try visitor.send("PUT", paths[0], ["name": "no"]).status == 200)
        #expect(try visitor.send("PUT", paths[0], ["description": "words and words"]).code == "QUOTA_EXCEEDED")
        let definition = try parse(Array(TestDefinition.crossing.utf8))
        #expect(try visitor.send("PUT", paths[0], ["definition": definition]).code == "QUOTA_EXCEEDED")
        #expect(try visitor.send("POST", "/api/strategies", draft("three")).code == "QUOTA_EXCEEDED")
        #expect(try visitor.send("DELETE", paths[1]).status == 204)
        let (kept, counted) = try usage(roomy)
        #expect(kept == counted && kept.prefix(2) == [1, 2])
    }

    private static func cookies(_ browser: TestBrowser) -> (String, String) {
        ("Cookie", browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "))
    }

    @Test func `of many strategies at once exactly as many are taken as the quota says`() throws {
        let installation = try Installation(["QUOTA_STRATEGIES": "10"])
        let configuration = installation.configuration, database = installation.database
        var db = try database.connect()
        let owner = try Users.create(email: nil, displayName: nil, in: &db).id
        let definition = try #require(StrategyDefinition.read(parse(Array(TestDefinition.crossing.utf8))).0)
        let taken = Atomic(0), refused = Atomic(0)
        inParallel(6) { thread in
            guard var db = try? database.connect() else { return }
            for number in 0..<5 {
                do {
                    let kind = BarKind(assetType: .crypto, timeframe: .day)
                    _ = try db.insertStrategy(
                        .init(name: "\(thread) \(number)", description: "", kind: kind, definition: definition),
                        for: owner, configuration)
                    taken.add(1, ordering: .relaxed)
                } catch let problem as Problem where problem.code == "QUOTA_EXCEEDED" {
                    refused.add(1, ordering: .relaxed)
                } catch {}
            }
        }
        #expect(taken.load(ordering: .relaxed) == 10 && refused.load(ordering: .relaxed) == 20)
        let (kept, counted) = try usage(installation)
        #expect(kept == counted)
    }

    @Test func `a deleted account leaves counts that are right`() throws {
        let installation = try Installation()
        let user = try installation.user().browser
        for name in ["one", "two"] {
            #expect(try user.send("POST", "/api/strategies", draft(name, description: "words")).status == 201)
        }
        #expect(try user.send("DELETE", "/api/me", ["email": "ada@example.org"]).status == 204)
        let (kept, counted) = try usage(installation)
        #expect(kept == counted && kept.prefix(2) == [0, 2])
    }
}
