import JSON
import Postgres
import TestSupport
import Testing

@testable import App

/// What one user does to several strategies at the same moment.
@Suite struct StrategyContestTests {
    /// `taken` renames the second strategy to a name that `other` is about to take or to free; both wait for the count.
    @Test(
        arguments: [
            ("three", "POST", "/api/strategies", AccountEndTests.named("three"), 201),
            ("one (copy)", "POST", "/api/strategies/{one}/duplicate", nil, 201),
            ("three", "PUT", "/api/strategies/{one}", ["name": "three"], 200),
            ("one", "DELETE", "/api/strategies/{one}", nil, 204),
        ] as [(String, String, String, Value?, Int)], [false, true])
    func `two changes around one name never wait in a circle`(
        _ change: (name: String, method: String, target: String, body: Value?, status: Int), _ isRenamedFirst: Bool
    ) throws {
        let installation = try Installation()
        let (browser, _) = try installation.user()
        let paths = try ["one", "two"].map { name in
            let made = try browser.send("POST", "/api/strategies", AccountEndTests.named(name))
            return "/api/strategies/" + (made.object?["id"]?.stringValue ?? "")
        }
        let contest = Contest(installation.database), rival = try contest.rival(of: browser)
        let target = change.target.replacing("/api/strategies/{one}", with: paths[0])
        let requests: [() throws -> HTTPClient.Answer] = [
            { try browser.send("PUT", paths[1], ["name": .string(change.name)]) },
            { try rival.send(change.method, target, change.body) },
        ]
        var db = try installation.database.connect()
        try db.script("BEGIN; SELECT 1 FROM user_usage FOR NO KEY UPDATE")
        let answers = try contest.answers(to: isRenamedFirst ? requests : requests.reversed(), besides: &db) { db in
            try db.script("COMMIT")
        }
        let renamed = answers[isRenamedFirst ? 0 : 1], other = answers[isRenamedFirst ? 1 : 0]
        let isNameTaken = change.method == "DELETE" ? isRenamedFirst : !isRenamedFirst
        #expect(renamed.status == (isNameTaken ? 409 : 200), "\(renamed.text)")
        // A copy looks for a name that is free.
        let loses = isRenamedFirst && change.method != "DELETE" && change.name == "three"
        #expect(other.status == (loses ? 409 : change.status), "\(other.text)")
    }

    /// Both were made to version 1. Whoever comes second is told, also when it has waited for the first.
    @Test(arguments: [1, nil] as [Int?])
    func `of two changes to the same version the second is told`(_ base: Int?) throws {
        let installation = try Installation()
        let (browser, _) = try installation.user()
        let made = try browser.send("POST", "/api/strategies", AccountEndTests.named("mine"))
        let strategy = try #require(made.object)
        let target = "/api/strategies/" + (strategy["id"]?.stringValue ?? "")
        let contest = Contest(installation.database), rival = try contest.rival(of: browser)
        var change: Object = ["definition": try #require(strategy["definition"])]
        if let base { change["base_version"] = .number(Number(base)) }
        let body = Value.object(change)
        let requests: [() throws -> HTTPClient.Answer] = [
            { try browser.send("PUT", target, body) }, { try rival.send("PUT", target, body) },
        ]
        var db = try installation.database.connect()
        try db.script("BEGIN; SELECT 1 FROM user_usage FOR NO KEY UPDATE")
        let answers = try contest.answers(to: requests, besides: &db) { db in try db.script("COMMIT") }
        #expect(answers.map(\.status).sorted() == (base == nil ? [200, 200] : [200, 409]))
        for refused in answers where refused.status == 409 {
            #expect(refused.text.contains("Version 2 is the newest"), "\(refused.text)")
        }
        let after = try browser.send("GET", target)
        #expect(after.object?["version_number"]?.numberValue?.int == (base == nil ? 3 : 2))
    }
}
