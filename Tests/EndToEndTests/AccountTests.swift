import Foundation
import JSON
import Postgres
import TestSupport
import Testing

/// Accounts through nginx and four responders: what one process begins, another must be able to end.
@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct AccountTests {
    /// One of their own: these tests read every log of it.
    private static let server = Result { try TestServer(responders: 4) }

    let server: TestServer

    init() throws { server = try Self.server.get() }

    private func browser() -> TestBrowser { TestBrowser(server.client) }
    private func authenticator() -> SoftwareAuthenticator {
        SoftwareAuthenticator(origin: "http://localhost:\(server.client.port)")
    }

    private func user(_ email: String) throws -> (browser: TestBrowser, authenticator: SoftwareAuthenticator) {
        let browser = browser(), authenticator = authenticator()
        let answer = try browser.signUp(email, authenticator)
        guard answer.status == 201 else { throw TestServer.Failure(description: answer.text) }
        return (browser, authenticator)
    }

    @Test func `a visitor signs up, adds a passkey, removes the first and signs in with the second`() throws {
        let (browser, phone) = try user("walk@example.org")
        let me = try browser.send("GET", "/api/auth/me")
        #expect(me.status == 200 && me.object?["role"] == "user" && me["Cache-Control"] == "no-store")
        #expect(try browser.send("GET", "/api/paper-account").object?["starting_balance"] == "100000.00")
        #expect(try browser.send("GET", "/api/strategies").status == 200)
        let key = authenticator()
        #expect(try browser.addPasskey(key, name: "Key").status == 201)
        #expect(try browser.confirm(phone).status == 200)
        let list = try #require(try browser.send("GET", "/api/me/passkeys").object?["passkeys"]?.arrayValue)
        let first = try #require(list.first?.objectValue?["id"]?.stringValue)
        #expect(try browser.send("DELETE", "/api/me/passkeys/\(first)").status == 200)
        #expect(try browser.send("POST", "/api/auth/logout").status == 204)
        #expect(try browser.send("GET", "/api/auth/me").status == 401)
        #expect(try self.browser().signIn(phone).code == "UNAUTHORIZED")
        #expect(try browser.signIn(key).user?["id"] == me.object?["id"])
        let export = try browser.send("GET", "/api/me/export")
        #expect(export.status == 200 && export.object?["passkeys"]?.arrayValue?.count == 1)
        #expect(try browser.send("DELETE", "/api/me", ["email": "walk@example.org"]).status == 204)
        #expect(try self.browser().signIn(key).status == 401)
    }

    @Test func `of many answers to one challenge, in several processes at once, one wins`() throws {
        let (_, authenticator) = try user("race@example.org")
        let browser = browser()
        let options = try browser.send("POST", "/api/auth/webauthn/login/options", [:])
        let credential = try authenticator.get(options.object?["public_key"])
        let body = Value.object(["credential": credential]).bytes
        let fields = [
            ("Origin", browser.origin), ("Content-Type", "application/json"),
            ("Cookie", browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")),
        ]
        let statuses = Box<[Int]>([])
        let client = server.client
        inParallel(12) { _ in
            let status = try? client.send("POST", "/api/auth/webauthn/login/verify", body: body, fields: fields).status
            statuses.withLock { $0.append(status ?? 0) }
        }
        let sorted = statuses.withLock { $0.sorted() }
        #expect(sorted == [200] + [Int](repeating: 401, count: 11), "\(sorted)")
        #expect(
            try server.scalar(
                "SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = 'race@example.org'")
                == 2)
    }

    @Test func `a session holds in every process, and ends in every process at once`() throws {
        let (browser, authenticator) = try user("pool@example.org")
        let cookie = browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        let client = server.client
        func ask(_ expected: Int) throws {
            let wrong = Box<[Int]>([]), served = Box(0)
            inParallel(64) { _ in
                let status = try? client.send("GET", "/api/me", fields: [("Cookie", cookie)]).status
                if status == expected { served.withLock { $0 += 1 } } else { wrong.withLock { $0.append(status ?? 0) } }
            }
            #expect(wrong.withLock { $0 } == [] && served.withLock { $0 } == 64)
        }
        try ask(200)
        let processes = try (1...4).filter { number in
            try String(contentsOfFile: server.state + "/log/responder-\(number).log", encoding: .utf8)
                .contains("\"route\":\"/api/me\"")
        }
        #expect(processes.count >= 2, "only \(processes) answered")
        #expect(try browser.signIn(authenticator).status == 200)
        try ask(401)
    }

    @Test(arguments: [
        ("https://evil.example", "cross-site"), ("http://localhost", "same-site"), ("null", "cross-site"), (nil, nil),
    ])
    func `another site's page changes nothing`(_ origin: String?, _ site: String?) throws {
        let (browser, authenticator) = try user("victim\(Int.random(in: 0..<1_000_000_000))@example.org")
        let id = try #require(try browser.send("GET", "/api/me").object?["id"]?.stringValue)
        for (method, target, body) in [
            ("PATCH", "/api/me", ["display_name": "Pwned"] as Value?), ("DELETE", "/api/me/sessions", nil),
            ("POST", "/api/me/api-keys", ["name": "k", "scopes": ["read"]]), ("POST", "/api/auth/logout", nil),
            ("POST", "/api/auth/webauthn/register/options", [:]), ("POST", "/api/auth/recover", ["code": "x"]),
            ("POST", "/api/auth/webauthn/login/options", [:]), ("POST", "/api/strategies", [:]),
        ] {
            let answer = try browser.send(method, target, body, origin: .some(origin), site: site ?? "")
            #expect(answer.status == 403 && answer.code == "FORBIDDEN", "\(method) \(target): \(answer.status)")
        }
        #expect(try browser.send("GET", "/api/me").object?["id"]?.stringValue == id)
        let options = try browser.send("POST", "/api/auth/webauthn/login/options", [:])
        authenticator.origin = origin ?? "https://evil.example"
        let credential = try authenticator.get(options.object?["public_key"])
        #expect(try browser.send("POST", "/api/auth/webauthn/login/verify", ["credential": credential]).status == 401)
    }

    @Test func `invitations and ways back in come from the admin tool`() throws {
        let invitation = try server.command("user", "invite", "--role", "operator", "--json")
        let invited = try #require(try parse(Array(invitation.utf8)).objectValue)
        let token = try #require(invited["token"]?.stringValue)
        #expect(invited["url"]?.stringValue == "http://localhost:\(server.client.port)/join#\(token)")
        let browser = browser(), lost = authenticator(), new = authenticator()
        let answer = try browser.signUp("guest@example.org", lost, invitation: token)
        #expect(answer.status == 201 && answer.user?["role"] == "operator", "\(answer.text)")

        let link = try server.command("user", "recover", "guest@example.org").trimmingCharacters(in: .newlines)
        let fragment = try #require(link.split(separator: "#").last)
        let other = self.browser()
        #expect(try other.send("POST", "/api/auth/recover", ["code": .string(String(fragment))]).status == 200)
        #expect(try other.addPasskey(new).status == 201)
        #expect(try self.browser().signIn(new).status == 200)

        #expect(try server.command("user", "list").contains("guest@example.org"))
        try server.command("user", "role", "guest@example.org", "user")
        #expect(try other.send("GET", "/api/me").object?["role"] == "user")
        let nobody = try TestServer.run(
            ["user", "recover", "nobody@example.org"], environment: server.adminEnvironment())
        #expect(nobody.status == 66 && nobody.errors.contains("nobody@example.org"))
    }

    @Test func `no log of a whole run holds a secret`() throws {
        let (browser, authenticator) = try user("logs@example.org")
        let code = try #require(
            try browser.send("POST", "/api/me/recovery-codes").object?["recovery_codes"]?.arrayValue?.first)
        _ = try browser.send("POST", "/api/me/api-keys", ["name": "script", "scopes": ["read"]])
        _ = try browser.confirm(authenticator)
        _ = try browser.send("POST", "/api/auth/recover", ["code": "ABCDE-FGHJK-MNPQR-STVWX"])
        let other = self.browser()
        _ = try other.send("POST", "/api/auth/recover", ["code": code])
        let invitation = try server.command("user", "invite", "--json")
        let token = try #require(try parse(Array(invitation.utf8)).objectValue?["token"]?.stringValue)
        _ = try self.browser().signUp("logs2@example.org", self.authenticator(), invitation: token)
        // What fails must be as silent: a replay, a stranger's key, malformed bodies, an address nobody knows.
        let options = try browser.send("POST", "/api/auth/webauthn/login/options", ["email": "logs@example.org"])
        let credential = try authenticator.get(options.object?["public_key"])
        let thief = browser.copy()
        #expect(try browser.send("POST", "/api/auth/webauthn/login/verify", ["credential": credential]).status == 200)
        #expect(try thief.send("POST", "/api/auth/webauthn/login/verify", ["credential": credential]).status == 401)
        authenticator.isUserVerified = false
        #expect(try browser.signIn(authenticator).status == 401)
        let key = "bsk_" + String(repeating: "Zz", count: 21)
        _ = try server.client.send("GET", "/api/me", key: key)
        _ = try server.client.send(
            "GET", "/api/nothing?token=\(token)", fields: [("Cookie", "__Host-session=\(token)")])
        _ = try server.client.send(
            "POST", "/api/auth/recover", json: "{\"code\":\"\(token)", fields: [("Origin", browser.origin)])
        // What nginx complains of by itself: a body too large, a callback whose code and state are nobody's.
        let words = ["planted-search-word", "planted-oauth-code", "planted-state"]
        _ = try server.client.send("GET", "/api/symbols/search?q=\(words[0])")
        _ = try server.client.send("GET", "/api/auth/oauth/google/callback?code=\(words[1])&state=\(words[2])")
        _ = try server.client.send(
            "POST", "/api/strategies?q=\(words[0])", key: server.key, json: String(repeating: " ", count: 300_000))

        var secrets = browser.secrets.union(other.secrets).union(thief.secrets)
        secrets.formUnion([token, key, "ABCDE-FGHJK-MNPQR-STVWX"] + words)
        secrets.insert(try String(contentsOfFile: server.state + "/server-secret", encoding: .utf8))
        #expect(secrets.count > 30)
        var bytes = 0
        let folder = server.state + "/log"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let log = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            bytes += log.utf8.count
            for secret in secrets { #expect(!log.contains(secret), "\(name) holds \(secret)") }
        }
        #expect(bytes > 10_000)
    }
}
