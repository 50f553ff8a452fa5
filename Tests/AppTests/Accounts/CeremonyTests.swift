import Crypto
import JSON
import Postgres
import System
import TestSupport
import Testing

@testable import App

@Suite struct CeremonyTests {
    @Test(arguments: SoftwareAuthenticator.Algorithm.allCases)
    func `a visitor signs up, out and in again with a touch`(_ algorithm: SoftwareAuthenticator.Algorithm) throws {
        let installation = try Installation()
        let browser = installation.browser(), authenticator = installation.authenticator(algorithm)
        let signedUp = try browser.signUp("ada@example.org", authenticator, name: "My phone")
        #expect(signedUp.status == 201, "\(signedUp.text)")
        #expect(signedUp.user?["role"] == "admin" && signedUp.user?["email"] == "ada@example.org")
        #expect(signedUp.user?["passkey_count"]?.numberValue?.int == 1)
        let codes = signedUp.object?["recovery_codes"]?.arrayValue ?? []
        #expect(codes.count == 10 && Set(codes.compactMap(\.stringValue)).count == 10)
        #expect(try browser.send("GET", "/api/auth/me").object?["id"] == signedUp.user?["id"])
        #expect(try browser.send("GET", "/api/paper-account").object?["cash_balance"] == "100000.00")

        #expect(try browser.send("POST", "/api/auth/logout").status == 204)
        #expect(browser.cookies[Sessions.cookieName] == nil)
        #expect(try browser.send("GET", "/api/auth/me").status == 401)

        for email in [nil, "ada@example.org", "ADA@example.org"] {
            let signedIn = try installation.browser().signIn(authenticator, email: email)
            #expect(signedIn.status == 200 && signedIn.user?["id"] == signedUp.user?["id"], "\(signedIn.text)")
        }
        let types = try installation.events().map(\.type)
        #expect(
            types == ["user.created", "session.ended", "session.started", "session.started", "session.started"])
    }

    @Test func `nothing is stored that would let a reader of the database in`() throws {
        let installation = try Installation()
        let (browser, authenticator) = try installation.user()
        _ = try browser.confirm(authenticator)
        _ = try browser.send("POST", "/api/auth/webauthn/login/options", [:])
        let made = try browser.send("POST", "/api/me/api-keys", ["name": "script", "scopes": ["read"]])
        #expect(made.status == 201, "\(made.text)")
        var db = try installation.database.connect()
        let tables = try db.query(
            "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        var dump = ""
        for row in 0..<tables.count {
            let table = try tables.string(row, 0)
            let rows = try db.query("SELECT coalesce(string_agg(t::text, ' '), '') FROM \(table) t")
            dump += try rows.string(0, 0)
        }
        #expect(dump.contains("ada@example.org"))
        #expect(browser.secrets.count > 15)
        for secret in browser.secrets {
            #expect(!dump.contains(secret), "\(secret)")
            if let raw = bytes(base64URL: secret) { #expect(!dump.contains(hex(raw)), "\(secret)") }
        }
    }

    @Test func `a challenge is good for one answer, of the browser that asked, within five minutes`() throws {
        let installation = try Installation()
        let (_, authenticator) = try installation.user()
        let browser = installation.browser()
        func options() throws -> Value? {
            try browser.send("POST", "/api/auth/webauthn/login/options", [:]).object?["public_key"]
        }
        func verify(_ browser: TestBrowser, _ credential: Value) throws -> HTTPClient.Answer {
            try browser.send("POST", "/api/auth/webauthn/login/verify", ["credential": credential])
        }
        let stolen = try authenticator.get(options())
        let thief = installation.browser()
        _ = try thief.send("POST", "/api/auth/webauthn/login/options", [:])
        let fromElsewhere = try verify(thief, stolen)
        #expect(fromElsewhere.status == 401 && fromElsewhere.fieldCode == "PASSKEY_EXPIRED")
        // The thief has not used it up either.
        let copy = browser.copy()
        #expect(try verify(browser, stolen).status == 200)
        let replayed = try verify(copy, stolen)
        #expect(replayed.status == 401 && replayed.fieldCode == "PASSKEY_EXPIRED")

        let late = try authenticator.get(options())
        try installation.age(minutes: 6)
        #expect(try verify(browser, late).fieldCode == "PASSKEY_EXPIRED")
        // Bound to its purpose: an answer to a sign-in does not confirm.
        let other = try authenticator.get(options())
        #expect(
            try browser.send("POST", "/api/auth/reauthenticate/verify", ["credential": other]).fieldCode
                == "PASSKEY_EXPIRED")
        let own = try authenticator.get(["challenge": .string(base64URL(Random.bytes(32))), "rpId": "app.example"])
        #expect(try verify(browser, own).fieldCode == "PASSKEY_EXPIRED")
    }

    @Test func `what an authenticator must not say is refused, and only the audit trail knows why`() throws {
        let installation = try Installation()
        let (_, authenticator) = try installation.user()
        let cases: [(String, String, (SoftwareAuthenticator) -> Void)] = [
            ("wrong_origin", "PASSKEY_REJECTED", { $0.origin = "https://evil.example" }),
            ("wrong_relying_party", "PASSKEY_REJECTED", { $0.relyingPartyID = "evil.example" }),
            ("wrong_type", "PASSKEY_REJECTED", { $0.clientDataType = "webauthn.create" }),
            ("user_not_verified", "PASSKEY_USER_VERIFICATION_REQUIRED", { $0.isUserVerified = false }),
            ("impossible_backup_state", "PASSKEY_REJECTED", { $0.isBackupEligible = false }),
            (
                "changed_backup_eligibility", "PASSKEY_REJECTED",
                {
                    $0.isBackupEligible = false
                    $0.isBackedUp = false
                }
            ),
            ("missing_user_handle", "PASSKEY_REJECTED", { $0.saysWhose = false }),
        ]
        for (reason, code, bend) in cases {
            bend(authenticator)
            let answer = try installation.browser().signIn(authenticator)
            #expect(answer.status == 401 && answer.fieldCode == code, "\(reason): \(answer.text)")
            #expect(answer["Set-Cookie"]?.contains(Sessions.cookieName) != true)
            #expect(try installation.events().last?.payload["reason"] == .string(reason))
            authenticator.origin = Installation.origin
            authenticator.relyingPartyID = nil
            authenticator.clientDataType = nil
            authenticator.isUserVerified = true
            authenticator.isBackupEligible = true
            authenticator.isBackedUp = true
            authenticator.saysWhose = true
        }
        #expect(try installation.browser().signIn(authenticator).status == 200)
        // With an email the user is known before, so a silent authenticator will do.
        authenticator.saysWhose = false
        #expect(try installation.browser().signIn(authenticator, email: "ada@example.org").status == 200)
    }

    @Test func `a signature over something else opens nothing`() throws {
        let installation = try Installation()
        let (_, authenticator) = try installation.user()
        let browser = installation.browser()
        let options = try browser.send("POST", "/api/auth/webauthn/login/options", [:])
        var credential = try authenticator.get(options.object?["public_key"]).objectValue!
        var response = credential["response"]!.objectValue!
        response["signature"] = response["authenticatorData"]
        credential["response"] = .object(response)
        let answer = try browser.send("POST", "/api/auth/webauthn/login/verify", ["credential": .object(credential)])
        #expect(answer.status == 401 && answer.fieldCode == "PASSKEY_REJECTED")
        #expect(try installation.events().last?.payload["reason"] == "wrong_signature")
    }

    @Test func `a counter that does not rise is refused`() throws {
        let installation = try Installation()
        let browser = installation.browser(), authenticator = installation.authenticator()
        authenticator.counts = true
        #expect(try browser.signUp("ada@example.org", authenticator).status == 201)
        #expect(try installation.browser().signIn(authenticator).status == 200)
        authenticator.passkeys[0].signCount = 1
        let answer = try installation.browser().signIn(authenticator)
        #expect(answer.status == 401 && answer.fieldCode == "PASSKEY_REJECTED")
        #expect(try installation.events().last?.payload["reason"] == "sign_count_regression")
        authenticator.passkeys[0].signCount = 10
        #expect(try installation.browser().signIn(authenticator).status == 200)
        #expect(try installation.scalar("SELECT sign_count FROM webauthn_credentials") == 11)
    }

    @Test func `a passkey that nobody has here is called so, to whoever holds it`() throws {
        let installation = try Installation()
        let stranger = installation.authenticator()
        _ = try stranger.create([
            "challenge": "AA", "rp": ["id": "app.example"], "user": ["id": .string(base64URL(Random.bytes(64)))],
            "pubKeyCredParams": [["alg": -7]],
        ])
        let answer = try installation.browser().signIn(stranger)
        #expect(answer.status == 401 && answer.fieldCode == "PASSKEY_UNKNOWN")
    }

    @Test func `somebody else's passkey does not confirm`() throws {
        let installation = try Installation()
        let (browser, authenticator) = try installation.user()
        let (_, other) = try installation.user("bob@example.org")
        let options = try browser.send("POST", "/api/auth/reauthenticate/options", [:])
        let listed = options.object?["public_key"]?.objectValue?["allowCredentials"]?.arrayValue?.count
        #expect(listed == 1)
        let credential = try other.get(options.object?["public_key"], with: other.passkeys[0])
        let answer = try browser.send("POST", "/api/auth/reauthenticate/verify", ["credential": credential])
        #expect(answer.status == 403 && answer.fieldCode == "PASSKEY_REJECTED")
        #expect(try browser.confirm(authenticator).status == 200)
        let wrongEmail = installation.browser()
        let asked = try wrongEmail.send(
            "POST", "/api/auth/webauthn/login/options", ["email": "ada@example.org"])
        let assertion = try other.get(asked.object?["public_key"], with: other.passkeys[0])
        #expect(
            try wrongEmail.send("POST", "/api/auth/webauthn/login/verify", ["credential": assertion]).status == 401)
    }

    @Test func `every proof of oneself gives the session a new token`() throws {
        let installation = try Installation()
        let (browser, authenticator) = try installation.user()
        let first = browser.copy()
        #expect(try browser.confirm(authenticator).status == 200)
        #expect(browser.cookies[Sessions.cookieName] != first.cookies[Sessions.cookieName])
        #expect(try first.send("GET", "/api/auth/me").status == 401)
        let second = browser.copy()
        #expect(try browser.signIn(authenticator).status == 200)
        #expect(try second.send("GET", "/api/auth/me").status == 401)
        #expect(try installation.scalar("SELECT count(*) FROM sessions") == 1)
    }

    @Test func `garbage is refused with its place`() throws {
        let installation = try Installation()
        let browser = installation.browser()
        for path in ["register", "login"] {
            let target = "/api/auth/webauthn/\(path)/verify"
            for body: Value in [[:], ["credential": 1], ["credential": [:]], ["credential": ["id": "x"]]] {
                let answer = try browser.send("POST", target, body)
                #expect(answer.status == 400 || answer.status == 401, "\(answer.text)")
                #expect(answer.fieldCode == "MISSING_KEY" || answer.fieldCode == "PASSKEY_MALFORMED", "\(answer.text)")
            }
            let unknown = try browser.send("POST", target, ["credential": [:], "extra": 1])
            #expect(unknown.status == 400 && unknown.fieldCode == "UNKNOWN_KEY")
        }
        let noEmail = try browser.send("POST", "/api/auth/webauthn/register/options", ["email": "no at sign"])
        #expect(noEmail.status == 400 && noEmail.fieldCode == "INVALID_FORMAT")
    }
}
