import Crypto
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct OwnAccountTests {
    @Test func `a further passkey needs a recent sign-in, and the last one stays`() throws {
        let installation = try Installation()
        let (browser, phone) = try installation.user()
        let key = installation.authenticator(.edDSA)
        try installation.age(minutes: 6)
        let refused = try browser.addPasskey(key)
        #expect(refused.status == 403 && refused.code == "REAUTHENTICATION_REQUIRED")
        #expect(try browser.confirm(phone).status == 200)
        let excluded = try browser.send("POST", "/api/auth/webauthn/register/options", [:])
        #expect(throws: SoftwareAuthenticator.Failure.self) { try phone.create(excluded.object?["public_key"]) }
        let added = try browser.addPasskey(key, name: "Key")
        #expect(added.status == 201 && added.object?["recovery_codes"] == .null, "\(added.text)")
        #expect(try installation.browser().signIn(key).status == 200)
        #expect(key.passkeys[0].userHandle == phone.passkeys[0].userHandle)

        let list = try browser.send("GET", "/api/me/passkeys")
        let ids = try #require(list.object?["passkeys"]?.arrayValue?.compactMap { $0.objectValue?["id"]?.stringValue })
        #expect(ids == [base64URL(phone.passkeys[0].id), base64URL(key.passkeys[0].id)])
        #expect(
            list.object?["signal"]?.objectValue?["accepted_credential_ids"]?.arrayValue?.compactMap(\.stringValue)
                == ids)
        let renamed = try browser.send("PATCH", "/api/me/passkeys/\(ids[1])", ["name": "Blue key"])
        #expect(renamed.status == 200 && renamed.text.contains("Blue key"))

        let removed = try browser.send("DELETE", "/api/me/passkeys/\(ids[0])")
        #expect(removed.status == 200 && removed.object?["passkeys"]?.arrayValue?.count == 1)
        let gone = try installation.browser().signIn(phone)
        #expect(gone.status == 401 && gone.fieldCode == "PASSKEY_UNKNOWN")
        let last = try browser.send("DELETE", "/api/me/passkeys/\(ids[1])")
        #expect(last.status == 409 && last.code == "CONFLICT")
        #expect(try installation.browser().signIn(key).status == 200)
        let types = try installation.events().map(\.type)
        for type in ["passkey.added", "passkey.renamed", "passkey.removed", "session.confirmed"] {
            #expect(types.contains(type), "\(type)")
        }
    }

    @Test func `other people's passkeys, sessions and keys do not exist`() throws {
        let installation = try Installation()
        let (ada, phone) = try installation.user()
        let (bob, _) = try installation.user("bob@example.org")
        let session = try #require(
            try ada.send("GET", "/api/auth/me").object?["session"]?.objectValue?["id"]?.stringValue)
        let key = try #require(
            try ada.send("POST", "/api/me/api-keys", ["name": "k", "scopes": ["read"]]).object?["id"]?.stringValue)
        let passkey = base64URL(phone.passkeys[0].id)
        for target in ["/api/me/passkeys/\(passkey)", "/api/me/sessions/\(session)", "/api/me/api-keys/\(key)"] {
            let answer = try bob.send("DELETE", target)
            #expect(answer.status == 404 && answer.code == "NOT_FOUND", "\(target)")
        }
        #expect(try bob.send("PATCH", "/api/me/passkeys/\(passkey)", ["name": "mine"]).status == 404)
        #expect(try ada.send("GET", "/api/me").status == 200)
    }

    @Test func `sessions are listed with their device, and ended one or all`() throws {
        let installation = try Installation()
        let (browser, authenticator) = try installation.user()
        let phone = installation.browser(), tablet = installation.browser()
        phone.userAgent =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) Version/17.6 Mobile/15E148 Safari/604.1"
        #expect(try phone.signIn(authenticator).status == 200)
        #expect(try tablet.signIn(authenticator).status == 200)
        let list = try #require(try browser.send("GET", "/api/me/sessions").object?["sessions"]?.arrayValue)
        #expect(list.count == 3)
        #expect(list[0].objectValue?["is_current"] == true && list[0].objectValue?["device"] == "Firefox on Linux")
        let other = try #require(list.first { $0.objectValue?["device"] == "Safari on iPhone" }?.objectValue)
        #expect(try browser.send("DELETE", "/api/me/sessions/\(other["id"]!.stringValue!)").status == 204)
        #expect(try phone.send("GET", "/api/me").status == 401)
        #expect(try browser.send("DELETE", "/api/me/sessions").object?["ended"]?.numberValue?.int == 1)
        #expect(try tablet.send("GET", "/api/me").status == 401)
        #expect(try browser.send("GET", "/api/me").status == 200)
    }

    @Test func `where nobody can sign in a key still shows its owner's profile`() throws {
        let installation = try Installation(["PUBLIC_ORIGINS": ""])
        var db = try installation.database.connect()
        let owner = try Users.create(email: nil, displayName: nil, in: &db).id
        let key = try APIKeys.create(for: owner, name: "script", scopes: [.read], expiresInDays: nil, in: &db).key
        let profile = try installation.send("GET", "/api/me", [("Authorization", "Bearer \(key)")], nil)
        #expect(profile.status == 200, "\(profile.text)")
        #expect(profile.object?["signal"]?.objectValue?["rp_id"] == .null)
    }

    @Test func `a key made by its owner works within its scopes until it is revoked`() throws {
        let installation = try Installation()
        let (browser, _) = try installation.user()
        let (bob, _) = try installation.user("bob@example.org")
        let tooMuch = try bob.send("POST", "/api/me/api-keys", ["name": "k", "scopes": ["read", "ingest"]])
        #expect(tooMuch.status == 400 && tooMuch.fieldCode == "SCOPE_NOT_ALLOWED")
        for scopes: Value in [[], ["root"], ["read", "read"], "read", .null] {
            #expect(try browser.send("POST", "/api/me/api-keys", ["name": "k", "scopes": scopes]).status == 400)
        }
        let made = try browser.send(
            "POST", "/api/me/api-keys", ["name": "k", "scopes": ["read"], "expires_in_days": 1])
        let key = try #require(made.object?["key"]?.stringValue), id = try #require(made.object?["id"]?.stringValue)
        func use(_ method: String, _ target: String) throws -> HTTPClient.Answer {
            try installation.send(method, target, [("Authorization", "Bearer \(key)")], nil)
        }
        #expect(try use("GET", "/api/me").status == 200)
        #expect(try use("GET", "/api/users").status == 403)
        for (method, target) in [
            ("GET", "/api/me/api-keys"), ("GET", "/api/me/sessions"), ("GET", "/api/me/passkeys"),
            ("DELETE", "/api/me"),
            ("GET", "/api/me/export"), ("POST", "/api/me/recovery-codes"), ("GET", "/api/me/audit"),
        ] {
            #expect(try use(method, target).status == 403, "\(method) \(target)")
        }
        let list = try browser.send("GET", "/api/me/api-keys")
        #expect(list.object?["api_keys"]?.arrayValue?.count == 1 && !list.text.contains(key))
        try installation.age(minutes: 6)
        #expect(try browser.send("POST", "/api/me/api-keys", ["name": "k", "scopes": ["read"]]).status == 403)
        #expect(try browser.send("DELETE", "/api/me/api-keys/\(id)").status == 204)
        #expect(try use("GET", "/api/me").status == 401)
    }

    @Test func `a recovery code opens a session that adds a passkey, once`() throws {
        let installation = try Installation()
        let browser = installation.browser(), lost = installation.authenticator()
        let signedUp = try browser.signUp("ada@example.org", lost)
        let code = try #require(signedUp.object?["recovery_codes"]?.arrayValue?.first?.stringValue)
        let other = installation.browser(), new = installation.authenticator()
        // As people type it from paper.
        let typed = code.lowercased().replacing("-", with: " ").replacing("0", with: "o").replacing("1", with: "l")
        let recovered = try other.send("POST", "/api/auth/recover", ["code": .string(typed)])
        #expect(
            recovered.status == 200 && recovered.user?["session"]?.objectValue?["kind"] == "recovery",
            "\(recovered.text)")
        for target in ["/api/me", "/api/me/passkeys", "/api/strategies", "/api/me/export"] {
            #expect(try other.send("GET", target).status == 403, "\(target)")
        }
        #expect(try other.send("POST", "/api/auth/reauthenticate/options", [:]).status == 403)
        #expect(try other.addPasskey(new).status == 201)
        let profile = try other.send("GET", "/api/me")
        #expect(profile.status == 200 && profile.object?["id"] == signedUp.user?["id"])
        #expect(profile.object?["recovery_codes_left"]?.numberValue?.int == 9)
        #expect(try installation.browser().send("POST", "/api/auth/recover", ["code": .string(code)]).status == 401)
        #expect(try installation.browser().signIn(new).status == 200)

        let fresh = try other.send("POST", "/api/me/recovery-codes")
        #expect(fresh.status == 201 && fresh.object?["recovery_codes"]?.arrayValue?.count == 10)
        let old = try #require(signedUp.object?["recovery_codes"]?.arrayValue?.last?.stringValue)
        #expect(try installation.browser().send("POST", "/api/auth/recover", ["code": .string(old)]).status == 401)
        for wrong in ["", "x", "00000-00000-00000-00000", Sessions.newToken(), String(repeating: "A", count: 100)] {
            let answer = try installation.browser().send("POST", "/api/auth/recover", ["code": .string(wrong)])
            #expect(answer.status == (wrong.isEmpty ? 400 : 401), "\(wrong)")
        }
    }

    @Test(arguments: [nil, true, false])
    func `after a recovery the other sessions and the keys are over, unless they are kept`(_ choice: Bool?) throws {
        let installation = try Installation()
        let thief = installation.browser(), lost = installation.authenticator()
        let codes = try thief.signUp("ada@example.org", lost).object?["recovery_codes"]?.arrayValue
        let made = try thief.send("POST", "/api/me/api-keys", ["name": "key", "scopes": ["read"]])
        let key = [("Authorization", "Bearer \(try #require(made.object?["key"]?.stringValue))")]
        func keyStatus() throws -> Int {
            try installation.browser().send("GET", "/api/strategies", fields: key).status
        }
        let owner = installation.browser(), new = installation.authenticator()
        let code = try #require(codes?.first)
        #expect(try owner.send("POST", "/api/auth/recover", ["code": code]).status == 200)
        #expect(try thief.send("GET", "/api/me").status == 200, "nothing has changed before there is a passkey")
        #expect(try keyStatus() == 200)
        let options = try owner.send("POST", "/api/auth/webauthn/register/options", [:])
        var answer: Object = ["credential": try new.create(options.object?["public_key"])]
        if let choice { (answer["end_other_sessions"], answer["end_api_keys"]) = (.bool(choice), .bool(choice)) }
        #expect(try owner.send("POST", "/api/auth/webauthn/register/verify", .object(answer)).status == 201)
        #expect(try owner.send("GET", "/api/me").status == 200)
        #expect(try thief.send("GET", "/api/me").status == (choice == false ? 200 : 401))
        #expect(try keyStatus() == (choice == false ? 200 : 401))
        #expect(try installation.events().contains { $0.type == "api_key.revoked" } == (choice != false))
        #expect(try installation.events().contains { $0.type == "session.others_ended" } == (choice != false))
        // Adding one more passkey ends nothing: nobody was lost.
        let phone = installation.browser()
        #expect(try phone.signIn(new).status == 200)
        #expect(try owner.confirm(new).status == 200)
        #expect(try owner.addPasskey(installation.authenticator()).status == 201)
        #expect(try phone.send("GET", "/api/me").status == 200)
    }

    @Test func `an operator's link works once, for fifteen minutes`() throws {
        let installation = try Installation()
        let (browser, _) = try installation.user()
        let id = try #require(try browser.send("GET", "/api/me").object?["id"]?.stringValue)
        var db = try installation.database.connect()
        let first = try RecoveryCodes.makeLink(for: id, installation.configuration, in: &db)
        let late = try RecoveryCodes.makeLink(for: id, installation.configuration, in: &db)
        func recover(_ token: String) throws -> Int {
            try installation.browser().send("POST", "/api/auth/recover", ["code": .string(token)]).status
        }
        #expect(try recover(first) == 200)
        #expect(try recover(first) == 401)
        try db.script(
            "UPDATE recovery_codes SET created_at = now() - interval '16 minutes', expires_at = now() - interval '1 minute' WHERE kind = 'link'"
        )
        #expect(try recover(late) == 401)
    }

    @Test func `a profile changes by its owner, its email after a recent sign-in`() throws {
        let installation = try Installation()
        let (browser, authenticator) = try installation.user()
        var db = try installation.database.connect()
        try db.script("UPDATE users SET email_verified_at = now()")
        let named = try browser.send("PATCH", "/api/me", ["display_name": "Ada"])
        #expect(named.object?["display_name"] == "Ada" && named.object?["email_verified"] == true)
        let changed = try browser.send("PATCH", "/api/me", ["email": "lovelace@example.org"])
        #expect(changed.object?["email"] == "lovelace@example.org" && changed.object?["email_verified"] == false)
        #expect(changed.object?["signal"]?.objectValue?["name"] == "lovelace@example.org")
        for wrong: Value in [
            ["email": "x"], ["display_name": ""], ["display_name": "a\nb"], ["base_currency": "EUR"], ["role": "admin"],
            ["email": 1],
        ] {
            #expect(try browser.send("PATCH", "/api/me", wrong).status == 400, "\(wrong)")
        }
        try installation.age(minutes: 6)
        #expect(try browser.send("PATCH", "/api/me", ["display_name": "A."]).status == 200)
        #expect(try browser.send("PATCH", "/api/me", ["email": "a@example.org"]).code == "REAUTHENTICATION_REQUIRED")
        #expect(try browser.confirm(authenticator).status == 200)
    }

    @Test func `everybody sees what happened to their own account`() throws {
        let installation = try Installation()
        let (browser, authenticator) = try installation.user()
        _ = try installation.user("bob@example.org")
        _ = try browser.confirm(authenticator)
        let events = try #require(try browser.send("GET", "/api/me/audit").object?["events"]?.arrayValue)
        #expect(events.compactMap { $0.objectValue?["type"]?.stringValue } == ["session.confirmed", "user.created"])
        #expect(events[1].objectValue?["details"]?.objectValue?["device"] == "Firefox on Linux")
        #expect(try browser.send("GET", "/api/me/audit?limit=0").status == 400)
    }
}
