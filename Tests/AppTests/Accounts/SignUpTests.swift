import Crypto
import Foundation
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct SignUpTests {
    @Test func `of many first users at once exactly one is admin`() throws {
        let database = try TestDatabase()
        let roles = try inParallel(8) { number in
            let installation = try Installation(database: database)
            let answer = try installation.browser().signUp("user\(number)@example.org", installation.authenticator())
            return answer.user?["role"]?.stringValue
        }
        #expect(roles.filter { $0 == "admin" }.count == 1 && roles.filter { $0 == "user" }.count == 7, "\(roles)")
    }

    @Test func `a closed installation takes nobody, and one by invitation only guests`() throws {
        let database = try TestDatabase()
        let closed = try Installation(["REGISTRATION": "closed"], database: database)
        #expect(try closed.browser().signUp("ada@example.org", closed.authenticator()).status == 403)
        let byInvitation = try Installation(["REGISTRATION": "invite"], database: database)
        let refused = try byInvitation.browser().signUp("ada@example.org", byInvitation.authenticator())
        #expect(refused.status == 403 && refused.code == "FORBIDDEN")
        let wrong = try byInvitation.browser().signUp(
            "ada@example.org", byInvitation.authenticator(), invitation: Sessions.newToken())
        #expect(wrong.status == 403)
        #expect(try closed.scalar("SELECT count(*) FROM users") == 0)

        var db = try database.connect()
        let first = try Invitations.make(role: .user, note: "Ada", days: 7, byInvitation.configuration, in: &db)
        let ada = try byInvitation.browser().signUp("ada@example.org", byInvitation.authenticator(), invitation: first)
        #expect(ada.status == 201 && ada.user?["role"] == "admin")
        let second = try Invitations.make(role: .operator, note: nil, days: 7, byInvitation.configuration, in: &db)
        let bob = try byInvitation.browser().signUp("bob@example.org", byInvitation.authenticator(), invitation: second)
        #expect(bob.status == 201 && bob.user?["role"] == "operator")
        let again = try byInvitation.browser().signUp(
            "eve@example.org", byInvitation.authenticator(), invitation: second)
        #expect(again.status == 403)
        let late = try Invitations.make(role: .user, note: nil, days: 7, byInvitation.configuration, in: &db)
        try db.script(
            "UPDATE invitations SET created_at = now() - interval '8 days', expires_at = now() - interval '1 day' WHERE used_at IS NULL"
        )
        #expect(
            try byInvitation.browser().signUp("eve@example.org", byInvitation.authenticator(), invitation: late).status
                == 403)
    }

    @Test func `of two who use one invitation at once one gets in`() throws {
        let installation = try Installation(["REGISTRATION": "invite"])
        var db = try installation.database.connect()
        let token = try Invitations.make(role: .user, note: nil, days: 7, installation.configuration, in: &db)
        let browsers = [installation.browser(), installation.browser()]
        let authenticators = [installation.authenticator(), installation.authenticator()]
        let options = try browsers.map {
            try $0.send(
                "POST", "/api/auth/webauthn/register/options", ["email": "x@example.org", "invitation": .string(token)])
        }
        let answers = try (0..<2).map { index in
            let credential = try authenticators[index].create(options[index].object?["public_key"])
            return try browsers[index].send("POST", "/api/auth/webauthn/register/verify", ["credential": credential])
        }
        #expect(answers.map(\.status) == [201, 403])
        #expect(try installation.scalar("SELECT count(*) FROM users") == 1)
        #expect(try installation.scalar("SELECT count(*) FROM webauthn_credentials") == 1)
    }

    @Test func `an email is a label: several people may type the same`() throws {
        let installation = try Installation()
        let (first, one) = try installation.user("same@example.org")
        let (second, two) = try installation.user("same@example.org")
        let ids = try [first, second].map { try $0.send("GET", "/api/me").object?["id"] }
        #expect(ids[0] != ids[1])
        // The email leads to one of them; a passkey says by itself whose it is.
        #expect(try installation.browser().signIn(one, email: "same@example.org").status == 200)
        for authenticator in [one, two] { #expect(try installation.browser().signIn(authenticator).status == 200) }
    }

    @Test func `the first person who signs up is admin, whoever the command line has made before`() throws {
        let installation = try Installation()
        var db = try installation.database.connect()
        #expect(try Users.create(email: "demo@example.org", displayName: nil, in: &db).role == .admin)
        #expect(try Users.create(email: "script@example.org", displayName: nil, in: &db).role == .user)
        func role(_ browser: TestBrowser) throws -> String? {
            try browser.send("GET", "/api/me").object?["role"]?.stringValue
        }
        let (first, _) = try installation.user("first@example.org")
        #expect(try role(first) == "admin")
        #expect(try role(installation.user("second@example.org").browser) == "user")
        // Also when the first one has gone again: somebody had been there.
        let id = try #require(try first.send("GET", "/api/me").object?["id"]?.stringValue)
        try db.execute("DELETE FROM webauthn_credentials")
        try db.execute("UPDATE users SET deleted_at = now(), email = NULL WHERE id = $1::uuid", [.text(id)])
        #expect(try role(installation.user("third@example.org").browser) == "user")
    }

    @Test(arguments: [("a link", "user"), ("a link that was used", "user"), ("a link that has expired", "admin")])
    func `nobody overtakes an admin of the command line who is on the way in`(_ what: String, _ role: String) throws {
        let installation = try Installation()
        var db = try installation.database.connect()
        let admin = try Users.create(email: "root@example.org", displayName: nil, in: &db).id
        let link = try RecoveryCodes.makeLink(for: admin, installation.configuration, in: &db)
        let browser = installation.browser()
        if what.contains("used") {
            #expect(try browser.send("POST", "/api/auth/recover", ["code": .string(link)]).status == 200)
        } else if what.contains("expired") {
            try db.script(
                "UPDATE recovery_codes SET created_at = now() - interval '1 hour', expires_at = now() - interval '1 s'")
        }
        let stranger = try installation.user("stranger@example.org").browser
        #expect(try stranger.send("GET", "/api/me").object?["role"]?.stringValue == role)
        if what.contains("used") {
            #expect(try browser.addPasskey(installation.authenticator()).user?["role"] == "admin")
        }
    }

    @Test func `the options name what a passkey must be`() throws {
        let installation = try Installation()
        let answer = try installation.browser().send(
            "POST", "/api/auth/webauthn/register/options", ["email": "ada@example.org", "display_name": "Ada"])
        let options = try #require(answer.object?["public_key"]?.objectValue)
        #expect(options["rp"]?.objectValue?["id"] == "app.example")
        let user = try #require(options["user"]?.objectValue)
        #expect(user["name"] == "ada@example.org" && user["displayName"] == "Ada")
        #expect(user["id"]?.stringValue.flatMap { bytes(base64URL: $0) }?.count == 64)
        #expect(options["challenge"]?.stringValue.flatMap { bytes(base64URL: $0) }?.count == 32)
        let algorithms = options["pubKeyCredParams"]?.arrayValue?.compactMap {
            $0.objectValue?["alg"]?.numberValue?.int
        }
        #expect(algorithms == [-7, -8, -257])
        #expect(options["timeout"]?.numberValue?.int == 300_000 && options["attestation"] == "none")
        #expect(
            options["authenticatorSelection"] == [
                "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
            ])
        #expect(answer["Cache-Control"] == "no-store")
        let cookie = try #require(answer["Set-Cookie"])
        #expect(
            cookie.hasPrefix("__Host-ceremony=")
                && cookie.hasSuffix("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600")
        )
    }

    @Test func `without an origin nobody signs in, and it says so`() throws {
        let installation = try Installation(["PUBLIC_ORIGINS": ""])
        let providers = try installation.browser().send("GET", "/api/auth/providers")
        #expect(providers.object?["passkeys"] == false && providers.object?["registration"] == "open")
        // No origin is ours then.
        #expect(try installation.browser().send("POST", "/api/auth/webauthn/login/options", [:]).status == 403)
    }
}

@Suite struct SignInLimitTests {
    @Test func `an address has so many attempts a minute, and is told when to come back`() throws {
        let installation = try Installation(["RATE_LIMIT_SIGN_IN": "3"])
        let targets = [
            "/api/auth/webauthn/login/options", "/api/auth/webauthn/register/options", "/api/auth/recover",
        ]
        for target in targets {
            #expect(try installation.browser().send("POST", target, [:]).status != 429)
        }
        for target in targets + ["/api/auth/webauthn/login/verify", "/api/auth/webauthn/register/verify"] {
            let answer = try installation.browser().send("POST", target, [:])
            #expect(answer.status == 429 && answer.code == "RATE_LIMITED", "\(target)")
            #expect(answer["Retry-After"].flatMap { Int($0) }.map { (1...120).contains($0) } == true)
            #expect(answer["RateLimit-Limit"] == "3")
        }
    }

    @Test func `with trust anchors only authenticators of known makers are taken`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "anchors-\(UUID().uuidString).pem")
        try Self.root.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let installation = try Installation(["ATTESTATION_ANCHORS_FILE": file.path(percentEncoded: false)])
        let options = try installation.browser().send(
            "POST", "/api/auth/webauthn/register/options", ["email": "ada@example.org"])
        #expect(options.object?["public_key"]?.objectValue?["attestation"] == "direct")
        let refused = try installation.browser().signUp("ada@example.org", installation.authenticator())
        #expect(refused.status == 400)
        #expect(try installation.scalar("SELECT count(*) FROM users") == 0)
        #expect(try installation.events().map(\.type) == ["passkey.refused"])
    }

    @Test func `a file of trust anchors that has none is a mistake`() {
        let refusal = #expect(throws: Configuration.Refusal.self) {
            try Configuration(["ATTESTATION_ANCHORS_FILE": "/x"]) { _ in "no certificate" }
        }
        #expect(refusal?.problems.contains { $0.hasPrefix("ATTESTATION_ANCHORS_FILE names /x, which is not") } == true)
    }

    /// A certificate of nobody.
    private static let root = """
        -----BEGIN CERTIFICATE-----
        MIIBmDCCAT2gAwIBAgIUe4fyp59jLjGbZW55D7jcDtz7Jk4wCgYIKoZIzj0EAwIw
        IDEeMBwGA1UEAwwVVGVzdCBBdHRlc3RhdGlvbiBSb290MCAXDTI2MTEyMjIwNTQx
        OFoYDzIxMjYxMDI5MjA1NDE4WjAgMR4wHAYDVQQDDBVUZXN0IEF0dGVzdGF0aW9u
        IFJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATbVW4ctaqF7VdSElJz1CJC
        0xNrZxwxnl9LFeWzxcXI+063njHxHZV+4vNYG/5ysWXbTZJ77H3dIDH0WWYBkwhv
        o1MwUTAdBgNVHQ4EFgQUkHkYLuyTya4NVnyypqu+yDcvutcwHwYDVR0jBBgwFoAU
        kHkYLuyTya4NVnyypqu+yDcvutcwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQD
        AgNJADBGAiEAnxmNK7iAYcXKI5Nw5NYzo2WevsbJ96nj1bfQnAxsHhMCIQDX2O77
        v1SMwvq12bums80nYwHNqG+NKCDitLm0oWX4VQ==
        -----END CERTIFICATE-----
        """
}
