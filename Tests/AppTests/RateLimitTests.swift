import Foundation
import HTTP
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import App

@Suite struct RateLimitTests {
    private static let database = try! TestDatabase()

    /// Moves the clock of a bucket: its window began earlier than it did.
    private func age(_ bucket: String, bySeconds seconds: Double, _ db: inout Connection) throws {
        try db.execute(
            "UPDATE rate_limits SET window_start = window_start - make_interval(secs => $2) WHERE bucket = $1",
            [.text(bucket), .double(seconds)])
    }

    @Test func `as many requests as the limit says are let through, and no more`() throws {
        var db = try Self.database.connect()
        for number in 1...5 {
            let standing = try db.run(.counting(.init(bucket: "few", perMinute: 5)))
            #expect(standing.isAdmitted && standing.hits == number && standing.remaining == 5 - number)
        }
        let refused = try db.run(.counting(.init(bucket: "few", perMinute: 5)))
        #expect(!refused.isAdmitted && refused.hits == 5 && refused.remaining == 0)
        #expect(try db.run(.counting(.init(bucket: "others", perMinute: 5))).isAdmitted)
        let problem = #expect(throws: Problem.self) { try refused.check() }
        #expect(problem?.status == 429 && problem?.code == "RATE_LIMITED")
        let wait = Int(problem?.fields["Retry-After"] ?? "") ?? 0
        #expect((60...72).contains(wait))
        #expect(problem?.fields["RateLimit-Limit"] == "5" && problem?.fields["RateLimit-Remaining"] == "0")
    }

    @Test func `of many at once from several sessions exactly the limit is let through`() throws {
        let database = Self.database
        let admitted = Atomic(0)
        inParallel(8) { _ in
            guard var db = try? database.connect() else { return }
            for _ in 0..<20 where (try? db.run(.counting(.init(bucket: "crowd", perMinute: 30))))?.isAdmitted == true {
                admitted.add(1, ordering: .relaxed)
            }
        }
        #expect(admitted.load(ordering: .relaxed) == 30)
    }

    @Test func `requests of the minute before count for as long as they lie within the last one`() throws {
        var db = try Self.database.connect()
        for _ in 0..<10 { _ = try db.run(.counting(.init(bucket: "slides", perMinute: 10))) }
        try age("slides", bySeconds: 75, &db)
        // 75 seconds on, three quarters of them still count: 7.5 and 2 more are within 10, 3 are not.
        #expect(try db.run(.counting(.init(bucket: "slides", perMinute: 10))).isAdmitted)
        #expect(try db.run(.counting(.init(bucket: "slides", perMinute: 10))).isAdmitted)
        let refused = try db.run(.counting(.init(bucket: "slides", perMinute: 10)))
        #expect(!refused.isAdmitted && refused.previousHits == 10 && refused.hits == 2)
        #expect((1...5).contains(refused.retryAfter))
        // Who waits as long as it was told is let through.
        try age("slides", bySeconds: Double(refused.retryAfter), &db)
        #expect(try db.run(.counting(.init(bucket: "slides", perMinute: 10))).isAdmitted)
    }

    @Test func `who was told to wait for the next window is let through then`() throws {
        var db = try Self.database.connect()
        for _ in 0..<4 { _ = try db.run(.counting(.init(bucket: "patient", perMinute: 3))) }
        let refused = try db.run(.counting(.init(bucket: "patient", perMinute: 3)))
        try age("patient", bySeconds: Double(refused.retryAfter), &db)
        #expect(try db.run(.counting(.init(bucket: "patient", perMinute: 3))).isAdmitted)
    }

    @Test func `after two quiet minutes nothing is remembered`() throws {
        var db = try Self.database.connect()
        for _ in 0..<3 { _ = try db.run(.counting(.init(bucket: "quiet", perMinute: 3))) }
        try age("quiet", bySeconds: 121, &db)
        #expect(
            try db.run(.counting(.init(bucket: "quiet", perMinute: 3)))
                == .init(limit: 3, isAdmitted: true, hits: 1, previousHits: 0, age: 0))
    }

    @Test func `only rows that say nothing any more are removed`() throws {
        let database = try TestDatabase()
        var db = try database.connect()
        for bucket in ["old", "young"] { _ = try db.run(.counting(.init(bucket: bucket, perMinute: 3))) }
        try age("old", bySeconds: 121, &db)
        try age("young", bySeconds: 119, &db)
        #expect(try db.run(.pruningRateLimits()) == 1)
        #expect(try db.query("SELECT bucket FROM rate_limits").string(0, 0) == "young")
    }

    /// A count is lost with the server, which is the price for its costing no disk.
    @Test func `counting waits for no disk`() throws {
        var db = try Self.database.connect()
        let kind = try db.query("SELECT relpersistence::text FROM pg_class WHERE relname = 'rate_limits'").string(0, 0)
        #expect(kind == "u")
    }

    @Test(arguments: [
        (RateLimit.calls, "calls/USER"), (.runs, "runs/USER"), (.exports, "exports/USER"),
        (.signIn, "sign_in/2001:db8:1:2::/64"),
    ])
    func `users are counted by user and kind, sign-in by address`(_ limit: RateLimit, _ bucket: String) throws {
        let database = try TestDatabase()
        var db = try database.connect()
        let user = try db.run(Query<String>.value("INSERT INTO users DEFAULT VALUES RETURNING id"))
        let token = try db.run(.startingSession(of: user, by: .passkey, on: "Firefox", replacing: nil)).token
        let request = try Request(
            .get, "/x", fields: ["Cookie": "__Host-session=\(token)"], remoteAddress: "2001:db8:1:2:3::4")
        let access = try #require(try Access(request, .session(), limit, AccessTests.configuration))
        let found = try access.ask(&db)
        #expect(found.caller?.userID == user && found.standing?.hits == 1 && found.standing?.isAdmitted == true)
        #expect(
            try db.run(Query<[String]>.values("SELECT bucket FROM rate_limits"))
                == [bucket.replacing("USER", with: user)])
    }

    @Test func `what is nobody's credential is counted by address, as a visitor is`() throws {
        let database = try TestDatabase()
        var db = try database.connect()
        let stale = try Request(
            .get, "/x", fields: ["Cookie": "__Host-session=\(Sessions.newToken())"], remoteAddress: "203.0.113.7")
        let refused = try #require(try Access(stale, .session(), .calls, AccessTests.configuration))
        let found = try refused.ask(&db)
        #expect(found.caller == nil && found.standing?.hits == 1)
        #expect(throws: Problem.self) { try refused.check(found) }
        let key = try Request(
            .get, "/x", fields: ["Authorization": "Bearer bsk_madeup"], remoteAddress: "203.0.113.7")
        let madeUp = try #require(try Access(key, .signedIn(.read), .calls, AccessTests.configuration))
        #expect(try madeUp.ask(&db).standing?.hits == 2)
        let visitor = try Request(.get, "/x", remoteAddress: "203.0.113.7")
        let open = try #require(try Access(visitor, .visitor, .signIn, AccessTests.configuration))
        #expect(try open.ask(&db).standing?.hits == 1)
        #expect(try Access(visitor, .open, nil, AccessTests.configuration) == nil)
        #expect(
            try db.run(Query<[String]>.values("SELECT bucket FROM rate_limits ORDER BY 1"))
                == ["calls/203.0.113.7", "sign_in/203.0.113.7"])
    }

    @Test(arguments: RateLimit.allCases.filter { !$0.isOfAddress })
    func `who has no session any more is told so, however seldom it may be done`(_ limit: RateLimit) throws {
        let database = try TestDatabase()
        var db = try database.connect()
        let user = try db.run(Query<String>.value("INSERT INTO users DEFAULT VALUES RETURNING id"))
        let token = try db.run(.startingSession(of: user, by: .passkey, on: "Firefox", replacing: nil)).token
        try db.script("UPDATE sessions SET created_at = now() - interval '2 h', expires_at = now() - interval '1 h'")
        let configuration = try Configuration([
            "PUBLIC_ORIGINS": "https://app.example", "SERVER_SECRET": String(repeating: "5a", count: 32),
            "RATE_LIMIT_EXPORTS": "1", "RATE_LIMIT_RUNS": "1", "RATE_LIMIT_CALLS": "3",
        ])
        let request = try Request(
            .get, "/x", fields: ["Cookie": "__Host-session=\(token)"], remoteAddress: "203.0.113.7")
        let access = try #require(try Access(request, .session(), limit, configuration))
        for number in 1...4 {
            let found = try access.ask(&db), problem = #expect(throws: Problem.self) { try access.check(found) }
            #expect(problem?.status == (number <= 3 ? 401 : 429))
            #expect(found.standing?.limit == 3)
        }
        #expect(try db.run(Query<[String]>.values("SELECT bucket FROM rate_limits")) == ["calls/203.0.113.7"])
    }

    @Test func `made-up credentials are let in as often as the limit of an address says, whatever they are`() throws {
        let installation = try Installation(["RATE_LIMIT_CALLS": "5"])
        let statuses = try (0..<8).map { number in
            try installation.send("GET", "/api/strategies", [("Authorization", "Bearer bsk_made-up-\(number)")], nil)
                .status
        }
        #expect(statuses == [401, 401, 401, 401, 401, 429, 429, 429])
        // Who really is signed in, behind the same address, is counted apart.
        let user = try installation.user().browser
        #expect(try user.send("GET", "/api/strategies").status == 200)
    }

    @Test func `what a key may not do does not use up what its owner may`() throws {
        let installation = try Installation(["RATE_LIMIT_CALLS": "5", "RATE_LIMIT_RUNS": "5"])
        let user = try installation.user().browser
        let key = try user.send("POST", "/api/me/api-keys", ["name": "k", "scopes": ["read"]]).object?["key"]?
            .stringValue
        let fields = [("Authorization", "Bearer \(key ?? "")"), ("Content-Type", "application/json")]
        let statuses = try (0..<7).map { _ in
            try installation.send("POST", "/api/strategies", fields, Array("{}".utf8)).status
        }
        #expect(statuses == [403, 403, 403, 403, 403, 429, 429])
        let allowed = try (0..<6).map { _ in try user.send("GET", "/api/strategies").status }
        #expect(allowed == [200, 200, 200, 200, 429, 429])
    }

    @Test func `a user has few exports a minute, which are counted apart`() throws {
        let installation = try Installation(["RATE_LIMIT_EXPORTS": "2"])
        let user = try installation.user().browser
        let exports = try (0..<4).map { _ in try user.send("GET", "/api/me/export") }
        #expect(exports.map(\.status) == [200, 200, 429, 429])
        #expect(exports[2].code == "RATE_LIMITED" && exports[2]["RateLimit-Limit"] == "2")
        #expect(try user.send("GET", "/api/me").status == 200)
        #expect(try installation.user("bob@example.org").browser.send("GET", "/api/me/export").status == 200)
    }

    @Test func `made-up sessions end nothing more often than the limit of an address says`() throws {
        let installation = try Installation(["RATE_LIMIT_CALLS": "3"])
        let statuses = try (0..<5).map { _ in
            try installation.send(
                "POST", "/api/auth/logout",
                [("Origin", Installation.origin), ("Cookie", "__Host-session=\(Sessions.newToken())")], nil
            ).status
        }
        #expect(statuses == [204, 204, 204, 429, 429])
    }

    @Test(arguments: [
        ("203.0.113.7", "203.0.113.7"), ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:0:1::9", "2001:db8:0:1::/64"), ("2001:0DB8:0000:0001:ffff::", "2001:db8:0:1::/64"),
        ("", "unknown"), ("unix:", "unknown"), ("203.0.113", "unknown"), ("1.2.3.4.5", "unknown"),
    ])
    func `an address stands for its host or household`(_ address: String, _ network: String) {
        #expect(ClientNetwork(address).text == network)
    }

    @Test func `signed-in routes are limited, what makes the engine work more tightly`() {
        for route in Routes.all {
            if case .signedIn = route.access { #expect(route.effectiveLimit != nil, "\(route.path)") }
        }
        let runs = Routes.all.filter { $0.effectiveLimit == .runs }.map(\.path)
        #expect(runs.contains("/api/backtests") && runs.contains("/api/backtests/{id}/verify"))
        let runner = "/api/trading/runners/{id}"
        #expect(runs.contains(runner))
        // They change it, and look at a bar once: nobody who wants out waits because of runs.
        for change in ["/pause", "/resume", "/stop"] { #expect(!runs.contains(runner + change)) }
        for list in ["/api/backtests", "/api/trading/runners"] {
            #expect(Routes.all.first { $0.path == list && $0.method == .get }?.effectiveLimit == .calls)
        }
        #expect(Health.live.effectiveLimit == nil)
    }
}
