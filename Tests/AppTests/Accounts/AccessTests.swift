import Crypto
import HTTP
import JSON
import Postgres
import System
import TestSupport
import Testing

@testable import App

@Suite struct AccessTests {
    static let database = try! TestDatabase()
    static let configuration = try! Configuration([
        "PUBLIC_ORIGINS": "https://app.example, https://www.app.example", "RP_ID": "app.example",
        "SERVER_SECRET": String(repeating: "s", count: 32),
    ])

    private func user(_ db: inout Connection, _ role: Role = .user) throws -> String {
        try db.query("INSERT INTO users (role) VALUES ($1) RETURNING id", [.text(role.rawValue)]).string(0, 0)
    }

    private func request(
        _ method: HTTP.Method = .get, token: String? = nil, key: String? = nil, origin: String? = nil,
        site: String? = nil,
        body: String = "", type: String? = nil
    ) throws -> Request {
        var fields = Fields()
        if let token { fields.append("Cookie", "theme=dark; __Host-session=\(token); other=1") }
        if let key { fields.append("Authorization", "Bearer \(key)") }
        if let origin { fields.append("Origin", origin) }
        if let site { fields.append("Sec-Fetch-Site", site) }
        if let type { fields.append("Content-Type", type) }
        return try Request(method, "/api/x", fields: fields, body: Array(body.utf8))
    }

    private func caller(_ request: Request, _ access: Route.Access, _ db: inout Connection) throws -> Caller? {
        guard let access = try Access(request, access, nil, Self.configuration) else { return nil }
        let found = try access.ask(&db)
        try access.check(found)
        return found.caller
    }

    private func status(_ request: Request, _ access: Route.Access, _ db: inout Connection) throws -> Int {
        do {
            _ = try caller(request, access, &db)
            return 200
        } catch let problem as Problem {
            return problem.status
        }
    }

    @Test func `a session is known by its token alone, and only the hash of it is stored`() throws {
        var db = try Self.database.connect()
        let owner = try user(&db)
        let token = try db.run(.startingSession(of: owner, by: .passkey, on: "Firefox", replacing: nil)).token
        let found = try #require(try caller(request(token: token), .session(), &db))
        #expect(found.userID == owner && found.session?.isRecent == true && found.scopes == [.read, .research, .trade])
        let stored = try db.query("SELECT token_hash FROM sessions WHERE user_id = $1::uuid", [.text(owner)]).bytes(
            0, 0)
        #expect(stored == Sessions.hash(token))
        for wrong in ["", "x", token + "A", String(token.dropLast()) + "*", Sessions.newToken()] {
            #expect(try status(request(token: wrong), .session(), &db) == 401, "\(wrong.count)")
        }
        #expect(try status(request(), .session(), &db) == 401)
    }

    @Test(arguments: [
        ("expires_at = now() - interval '1 second', created_at = now() - interval '91 days'", 401),
        ("last_seen_at = now() - interval '14 days 1 second'", 401), ("last_seen_at = now() - interval '13 days'", 200),
    ])
    func `a session ends when it is old, or was not used for long`(_ change: String, _ status: Int) throws {
        var db = try Self.database.connect()
        let owner = try user(&db)
        let token = try db.run(.startingSession(of: owner, by: .passkey, on: "Firefox", replacing: nil)).token
        try db.execute("UPDATE sessions SET \(change) WHERE user_id = $1::uuid", [.text(owner)])
        #expect(try self.status(request(token: token), .session(), &db) == status)
    }

    @Test(arguments: ["deleted_at = now()", "disabled_at = now()"])
    func `nobody is signed in who was deleted or shut out`(_ change: String) throws {
        var db = try Self.database.connect()
        let owner = try user(&db)
        let token = try db.run(.startingSession(of: owner, by: .passkey, on: "Firefox", replacing: nil)).token
        let key = try APIKeys.create(for: owner, name: "key", scopes: [.read], expiresInDays: nil, in: &db).key
        try db.execute("UPDATE users SET \(change) WHERE id = $1::uuid", [.text(owner)])
        #expect(try status(request(token: token), .session(), &db) == 401)
        #expect(try status(request(key: key), .signedIn(.read), &db) == 401)
    }

    @Test func `the time of the last use is written every ten minutes at most`() throws {
        var db = try Self.database.connect()
        let owner = try user(&db)
        let token = try db.run(.startingSession(of: owner, by: .passkey, on: "Firefox", replacing: nil)).token
        func isOld() throws -> Bool {
            try db.query(
                "SELECT last_seen_at < now() - interval '1 minute' FROM sessions WHERE user_id = $1::uuid",
                [.text(owner)]
            ).bool(0, 0)
        }
        try db.execute(
            "UPDATE sessions SET last_seen_at = now() - interval '9 minutes' WHERE user_id = $1::uuid", [.text(owner)])
        _ = try caller(request(token: token), .session(), &db)
        #expect(try isOld())
        try db.execute(
            "UPDATE sessions SET last_seen_at = now() - interval '11 minutes' WHERE user_id = $1::uuid", [.text(owner)])
        _ = try caller(request(token: token), .session(), &db)
        #expect(try !isOld())
    }

    @Test func `dangerous changes want a recent sign-in`() throws {
        var db = try Self.database.connect()
        let owner = try user(&db)
        let token = try db.run(.startingSession(of: owner, by: .passkey, on: "Firefox", replacing: nil)).token
        #expect(try status(request(token: token), .session(confirmed: true), &db) == 200)
        try db.execute(
            "UPDATE sessions SET authenticated_at = now() - interval '5 minutes 1 second' WHERE user_id = $1::uuid",
            [.text(owner)])
        let refusal = #expect(throws: Problem.self) {
            try caller(request(token: token), .session(confirmed: true), &db)
        }
        #expect(refusal?.code == "REAUTHENTICATION_REQUIRED")
        #expect(try status(request(token: token), .session(), &db) == 200)
        let id = try #require(try caller(request(token: token), .session(), &db)?.session?.id)
        let renewed = try #require(try db.run(.renewingSession(id))).token
        #expect(try status(request(token: token), .session(), &db) == 401)
        #expect(try status(request(token: renewed), .session(confirmed: true), &db) == 200)
    }

    @Test func `a way back in opens nothing but its own door`() throws {
        var db = try Self.database.connect()
        let owner = try user(&db, .admin)
        let token = try db.run(.startingSession(of: owner, by: .recoveryCode, on: "Firefox", replacing: nil)).token
        #expect(try status(request(token: token), .anySession, &db) == 200)
        #expect(try status(request(token: token), .session(), &db) == 403)
        #expect(try status(request(token: token), .signedIn(.read), &db) == 403)
        let end = try db.query(
            "SELECT expires_at < now() + interval '16 minutes' FROM sessions WHERE user_id = $1::uuid", [.text(owner)])
        #expect(try end.bool(0, 0))
    }

    @Test func `a sign-in ends the session that the browser had`() throws {
        var db = try Self.database.connect()
        let owner = try user(&db)
        let first = try db.run(.startingSession(of: owner, by: .passkey, on: "Firefox", replacing: nil)).token
        let second = try db.run(.startingSession(of: owner, by: .passkey, on: "Firefox", replacing: first)).token
        #expect(try status(request(token: first), .session(), &db) == 401)
        #expect(try status(request(token: second), .session(), &db) == 200)
    }

    @Test(arguments: [
        (HTTP.Method.get, nil, nil, "", nil, 200), (.get, "https://evil.example", "cross-site", "", nil, 200),
        (.post, "https://app.example", "same-origin", "{}", "application/json", 200),
        (.post, "https://www.app.example", nil, "{}", "application/json; charset=utf-8", 200),
        (.post, nil, "same-origin", "", nil, 200), (.delete, "https://app.example", nil, "", nil, 200),
        (.post, nil, nil, "{}", "application/json", 403), (.delete, nil, nil, "", nil, 403),
        (.post, "https://evil.example", nil, "{}", "application/json", 403),
        (.post, "https://evil.example", "same-origin", "{}", "application/json", 403),
        (.post, "https://app.example", "same-site", "{}", "application/json", 403),
        (.put, "https://app.example", "cross-site", "{}", "application/json", 403),
        (.patch, "https://app.example", "none", "{}", "application/json", 403),
        (.post, "null", nil, "{}", "application/json", 403), (.post, "http://app.example", nil, "{}", nil, 403),
        (.post, "https://app.example:8443", nil, "", nil, 403), (.post, "https://app.example.", nil, "", nil, 403),
        (.post, "https://app.example", "same-origin", "a=b", "application/x-www-form-urlencoded", 415),
        (.post, "https://app.example", "same-origin", "{}", "text/plain", 415),
        (.post, "https://app.example", "same-origin", "{}", nil, 415),
        (.post, "https://app.example", "same-origin", "a,b", "application/octet-stream", 200),
        (.post, "https://app.example", "same-origin", "a,b", "text/csv", 415),
        (.post, "https://evil.example", "cross-site", "a,b", "application/octet-stream", 403),
    ])
    func `a change with a cookie must come from our own page`(
        _ method: HTTP.Method, _ origin: String?, _ site: String?, _ body: String, _ type: String?, _ expected: Int
    ) throws {
        var db = try Self.database.connect()
        let owner = try user(&db)
        let token = try db.run(.startingSession(of: owner, by: .passkey, on: "Firefox", replacing: nil)).token
        let sent = try request(method, token: token, origin: origin, site: site, body: body, type: type)
        for access in [Route.Access.session(), .signedIn(.read), .anySession, .visitor] {
            #expect(try status(sent, access, &db) == expected, "\(access)")
        }
        // Nobody needs to be signed in for the beginning of a ceremony, but it is for our own page all the same.
        let stranger = try request(method, origin: origin, site: site, body: body, type: type)
        #expect(try status(stranger, .visitor, &db) == expected)
    }

    @Test func `a key needs no origin, and cannot do what is for browsers`() throws {
        var db = try Self.database.connect()
        let owner = try user(&db, .operator)
        let token = try db.run(.startingSession(of: owner, by: .passkey, on: "Firefox", replacing: nil)).token
        let key = try APIKeys.create(for: owner, name: "key", scopes: [.read], expiresInDays: nil, in: &db).key
        #expect(try status(request(.post, key: key), .signedIn(.read), &db) == 200)
        #expect(try status(request(.post, key: key), .signedIn(.ingest), &db) == 403)
        #expect(try status(request(key: key), .session(), &db) == 403)
        #expect(try status(request(token: token, key: key), .session(), &db) == 403)
        #expect(try status(request(token: token, key: "bsk_wrong"), .signedIn(.read), &db) == 401)
        #expect(try status(request(key: key), .session(confirmed: true), &db) == 403)
    }

    @Test func `no key does what wants a confirmation, whatever its scopes`() throws {
        let installation = try Installation()
        let admin = try installation.user().browser
        let scopes = Value.array(Scope.allCases.map { .string($0.rawValue) })
        let key = try admin.send("POST", "/api/me/api-keys", ["name": "all", "scopes": scopes]).object?["key"]?
            .stringValue
        let id = try admin.send("GET", "/api/me").object?["id"]?.stringValue ?? ""
        let fields = [("Authorization", "Bearer \(key ?? "")"), ("Content-Type", "application/json")]
        #expect(try installation.send("GET", "/api/users", fields, nil).status == 200)
        let confirmed = Routes.responders.filter { $0.errors.contains(.reauthenticationRequired) }
        #expect(confirmed.contains { $0.path == "/api/users/{id}" } && confirmed.count >= 6)
        for route in confirmed {
            let answer = try installation.send(
                route.method.rawValue, route.path.replacing("{id}", with: id), fields,
                route.hasBody ? Array("{}".utf8) : nil)
            #expect(answer.status == 403 && answer.code == "FORBIDDEN", "\(route.path): \(answer.text)")
        }
        // And a session whose sign-in is long ago must confirm it.
        try installation.age(minutes: 6)
        #expect(try admin.send("PATCH", "/api/users/\(id)", ["role": "user"]).code == "REAUTHENTICATION_REQUIRED")
    }

    /// The statement that counts and the check that refuses are two sayings of one rule.
    @Test func `whoever is let through is counted, and nobody else`() throws {
        let database = try TestDatabase()
        var db = try database.connect()
        for rule in ["users DROP CONSTRAINT users_role", "api_keys DROP CONSTRAINT api_keys_scopes"]
            + ["sessions DROP CONSTRAINT sessions_kind", "sessions DROP CONSTRAINT sessions_recovery"]
        {
            try db.script("ALTER TABLE \(rule)")
        }
        let accesses: [Route.Access] =
            [.anySession, .session(), .session(confirmed: true), .session(.admin), .session(.ingest, confirmed: true)]
            + Scope.allCases.map { .signedIn($0) }
        var letThrough = 0, refused = 0
        for role in ["user", "operator", "admin", "auditor"] {
            let owner = try db.query("INSERT INTO users (role) VALUES ($1) RETURNING id", [.text(role)]).string(0, 0)
            var requests: [Request] = []
            for (kind, minutes) in [("full", 0), ("full", 9), ("recovery", 0), ("guest", 0)] {
                let token = try db.run(.startingSession(of: owner, by: .passkey, on: "x", replacing: nil)).token
                try db.execute(
                    """
                    UPDATE sessions SET kind = $2, authenticated_at = now() - make_interval(mins => $3::int)
                    WHERE token_hash = $1
                    """, [.bytes(Sessions.hash(token)), .text(kind), Parameter(minutes)])
                requests.append(try request(token: token))
            }
            for scopes in ["{read}", "{research,stream}", "{read,research,trade,ingest,admin}", "{stream}"] {
                let key = APIKeys.marker + base64URL(Random.bytes(32))
                try db.execute(
                    """
                    INSERT INTO api_keys (user_id, name, prefix, key_hash, scopes)
                    VALUES ($1::uuid, 'k', 'bsk_test', $2, $3::text[])
                    """, [.text(owner), .bytes(Digest.sha256(Array(key.utf8))), .text(scopes)])
                requests.append(try request(key: key))
            }
            for (request, access) in requests.flatMap({ request in accesses.map { (request, $0) } }) {
                guard let asked = try? Access(request, access, .calls, Self.configuration) else { continue }
                try db.script("TRUNCATE rate_limits")
                let found = try asked.ask(&db)
                let isRefused = (try? asked.check(found)) == nil
                let bucket = try db.query("SELECT bucket FROM rate_limits").string(0, 0)
                #expect(found.caller?.userID == owner)
                #expect(bucket == "calls/" + (isRefused ? "unknown" : owner), "\(role) \(found) \(access)")
                if isRefused { refused += 1 } else { letThrough += 1 }
            }
        }
        #expect(letThrough > 60 && refused > 60, "\(letThrough) \(refused)")
    }

    @Test(arguments: [
        (Role.user, [Scope.read, .research, .trade]), (.operator, [.read, .research, .trade, .ingest]),
        (.admin, Scope.allCases),
    ])
    func `what a session may do follows from the role of today`(_ role: Role, _ scopes: [Scope]) throws {
        var db = try Self.database.connect()
        let owner = try user(&db, role)
        let token = try db.run(.startingSession(of: owner, by: .passkey, on: "Firefox", replacing: nil)).token
        for scope in Scope.allCases {
            #expect(
                try status(request(token: token), .signedIn(scope), &db) == (scopes.contains(scope) ? 200 : 403),
                "\(scope)")
        }
    }

    @Test func `a session check is one look into an index`() throws {
        var db = try Self.database.connect()
        let owner = try user(&db)
        let token = try db.run(.startingSession(of: owner, by: .passkey, on: "Firefox", replacing: nil)).token
        try db.script("SET enable_seqscan = off")
        let plan = try db.query(
            "EXPLAIN SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $1",
            [.bytes(Sessions.hash(token))])
        let text = try (0..<plan.count).map { try plan.string($0, 0) }.joined(separator: "\n")
        #expect(text.contains("sessions_token_hash_key") && text.contains("users_pkey"), "\(text)")
    }
}
