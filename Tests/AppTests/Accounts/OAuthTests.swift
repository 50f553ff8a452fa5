import Daemon
import Foundation
import HTTP
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct OAuthTests {
    /// An installation whose people sign in elsewhere.
    private final class House {
        let installation: Installation
        var providers: ToldProviders { installation.providers }

        init(_ environment: [String: String] = [:]) throws {
            installation = try Installation(ToldProviders.configuration.merging(environment) { $1 })
        }

        func browser() -> TestBrowser { installation.browser() }

        /// What the provider will say of whoever comes back.
        func tell(
            _ subject: String, email: String? = nil, isVerified: Bool = true, name: String? = nil,
            issuer: String = "https://accounts.google.com"
        ) {
            providers.result = .success(
                Identity(
                    issuer: issuer, subject: subject, email: email, isEmailVerified: isVerified, displayName: name))
        }

        /// Away to the provider and back; the answer to coming back.
        @discardableResult
        func signIn(
            _ browser: TestBrowser, _ provider: String = "google", query: String = "", answer: String = "&code=c"
        ) throws -> HTTPClient.Answer {
            let away = try browser.navigate("/api/auth/oauth/\(provider)/start\(query)")
            guard away["Location"]?.hasPrefix("https://provider.example/") == true else { return away }
            return try browser.navigate(
                "/api/auth/oauth/\(provider)/callback?state=\(state)\(answer)", from: "cross-site")
        }

        /// Of the browser that was sent away last.
        var state: String { providers.requests.last?.state ?? "" }

        func me(_ browser: TestBrowser) throws -> Object? { try browser.send("GET", "/api/auth/me").object }

        var reasons: [String] {
            get throws {
                try installation.events().filter { $0.type == "session.refused" }
                    .compactMap { $0.payload["reason"]?.stringValue }
            }
        }
    }

    private func error(_ answer: HTTPClient.Answer) -> String? {
        let prefix = Installation.origin + "/sign-in?error="
        guard answer.status == 303, let location = answer["Location"], location.hasPrefix(prefix) else { return nil }
        return String(location.dropFirst(prefix.count))
    }

    @Test func `whoever comes back as somebody new has an account, and the next time the same one`() throws {
        let house = try House(), browser = house.browser()
        house.tell("s1", email: "ada@example.org", name: " Ada\u{7} Lovelace ")
        let answer = try house.signIn(browser, query: "?return_to=/markets/AAPL")
        #expect(answer.status == 303 && answer["Location"] == Installation.origin + "/markets/AAPL")
        #expect(browser.cookies["__Host-session"] != nil && browser.cookies["__Host-oauth"] == nil)
        let me = try #require(try house.me(browser))
        #expect(me["email"] == "ada@example.org" && me["email_verified"] == true)
        #expect(me["display_name"] == "Ada Lovelace" && me["linked_providers"] == .array(["google"]))
        #expect(try browser.send("GET", "/api/paper-account").object?["cash_balance"] == "100000.00")

        let second = house.browser()
        house.tell("s1", email: "other@example.org")
        try house.signIn(second)
        #expect(try house.me(second)?["id"] == me["id"])
        #expect(try house.me(second)?["email"] == "ada@example.org")
        #expect(try house.installation.scalar("SELECT count(*) FROM users") == 1)
        let types = try house.installation.events().map(\.type)
        #expect(types == ["user.created", "session.started"])
    }

    @Test func `the request that is sent away is the one that is settled, and it is exact`() throws {
        let house = try House()
        house.tell("s1")
        try house.signIn(house.browser(), answer: "&code=the-code&scope=email&iss=x")
        #expect(house.providers.requests.count == 2 && house.providers.requests[0] == house.providers.requests[1])
        #expect(house.providers.requests[0].redirectURI == Installation.origin + "/api/auth/oauth/google/callback")
        #expect(house.providers.answers[0]["code"] == "the-code" && house.providers.answers[0]["scope"] == nil)
    }

    @Test func `an email never links by itself`() throws {
        let house = try House()
        let ada = try house.installation.user("ada@example.org")
        house.tell("s1", email: "ADA@example.org")
        let browser = house.browser()
        try house.signIn(browser)
        #expect(try house.me(browser)?["id"] != house.me(ada.browser)?["id"])
        // Nobody had proven the address before; now one has, and a third cannot as well.
        #expect(try house.me(browser)?["email_verified"] == true && house.me(ada.browser)?["email_verified"] == false)
        house.tell("s2", email: "ada@example.org", issuer: "https://appleid.apple.com")
        let third = house.browser()
        try house.signIn(third, "apple")
        #expect(try house.me(third)?["email_verified"] == false)
        #expect(try house.installation.scalar("SELECT count(*) FROM users") == 3)
    }

    @Test(arguments: ["https://accounts.google.com", "https://appleid.apple.com"])
    func `the same subject of another issuer is somebody else`(_ issuer: String) throws {
        let house = try House(), first = house.browser(), second = house.browser()
        house.tell("s1", issuer: "https://elsewhere.example")
        try house.signIn(first)
        house.tell("s1", issuer: issuer)
        try house.signIn(second)
        #expect(try house.me(first)?["id"] != house.me(second)?["id"])
    }

    @Test(arguments: [("not an email", "not an email" as String?), ("none", nil)])
    func `an email that is none is not stored`(_ what: String, _ email: String?) throws {
        let house = try House(), browser = house.browser()
        house.tell("s1", email: email)
        try house.signIn(browser)
        let me = try #require(try house.me(browser))
        #expect(me["email"] == .null && me["email_verified"] == false, "\(what)")
    }

    @Test func `an unproven email is a label`() throws {
        let house = try House(), browser = house.browser()
        house.tell("s1", email: "ada@example.org", isVerified: false)
        try house.signIn(browser)
        let me = try #require(try house.me(browser))
        #expect(me["email"] == "ada@example.org" && me["email_verified"] == false)
    }

    @Test func `a state is good once, in its browser, at its provider, for ten minutes`() throws {
        let house = try House()
        house.tell("s1")
        let browser = house.browser()
        try house.signIn(browser)
        let replay = try browser.navigate("/api/auth/oauth/google/callback?state=\(house.state)&code=c")
        #expect(error(replay) == "SIGN_IN_EXPIRED")

        let victim = house.browser(), thief = house.browser()
        try victim.navigate("/api/auth/oauth/google/start")
        try thief.navigate("/api/auth/oauth/google/start")
        let stolen = house.providers.requests[house.providers.requests.count - 2].state
        #expect(
            error(try thief.navigate("/api/auth/oauth/google/callback?state=\(stolen)&code=c")) == "SIGN_IN_EXPIRED")
        #expect(thief.cookies["__Host-session"] == nil && thief.cookies["__Host-oauth"] == nil)
        #expect(
            error(try victim.navigate("/api/auth/oauth/google/callback?state=\(stolen)&code=c")) == "SIGN_IN_EXPIRED")

        try victim.navigate("/api/auth/oauth/google/start")
        #expect(
            error(try victim.navigate("/api/auth/oauth/apple/callback?state=\(house.state)&code=c"))
                == "SIGN_IN_EXPIRED")

        try victim.navigate("/api/auth/oauth/google/start")
        var db = try house.installation.database.connect()
        try db.execute(
            "UPDATE oauth_states SET created_at = created_at - interval '11 min', expires_at = expires_at - interval '10 min'"
        )
        #expect(
            error(try victim.navigate("/api/auth/oauth/google/callback?state=\(house.state)&code=c"))
                == "SIGN_IN_EXPIRED")
        #expect(error(try victim.navigate("/api/auth/oauth/google/callback")) == "SIGN_IN_EXPIRED")
        #expect(
            try house.reasons
                == ["unknown_state", "other_browser", "unknown_state", "other_provider", "expired_state", "no_state"])
        #expect(house.providers.answers.count == 1)
    }

    @Test(arguments: [
        (IdentityRefusal(.cancelled, "cancelled"), "SIGN_IN_CANCELLED"),
        (IdentityRefusal(.unavailable, "timedOut"), "PROVIDER_UNAVAILABLE"),
        (IdentityRefusal(.refused, "id token: nonce"), "PROVIDER_REFUSED"),
    ])
    func `the page learns a code and the audit trail the reason`(_ refusal: IdentityRefusal, _ code: String) throws {
        let house = try House(), browser = house.browser()
        house.providers.result = .failure(refusal)
        let answer = try house.signIn(browser)
        #expect(error(answer) == code)
        #expect(browser.cookies.isEmpty && answer.body.isEmpty && answer["Cache-Control"] == "no-store")
        #expect(try house.reasons == [refusal.reason])
        #expect(try house.installation.scalar("SELECT count(*) FROM users") == 0)
    }

    @Test(arguments: [
        "?return_to=https://evil.example/", "?return_to=//evil.example", "?return_to=/%5Cevil.example", "?return_to=x",
        "?return_to=/a%0Ab", "?return_to=%2F%2Fevil.example", "?return_to=", "?unknown=1", "?return_to=/a&return_to=/b",
    ])
    func `nobody is sent anywhere but within this site`(_ query: String) throws {
        let house = try House(), browser = house.browser()
        #expect(error(try house.signIn(browser, query: query)) == "VALIDATION_ERROR")
        #expect(try house.installation.scalar("SELECT count(*) FROM oauth_states") == 0)
    }

    @Test func `another site cannot begin a sign-in, and a parameter that comes twice ends one`() throws {
        let house = try House(), browser = house.browser()
        #expect(error(try browser.navigate("/api/auth/oauth/google/start", from: "cross-site")) == "FORBIDDEN")
        #expect(error(try house.signIn(browser, answer: "&code=a&code=b")) == "VALIDATION_ERROR")
        #expect(house.providers.answers.isEmpty)
    }

    @Test func `a provider that is not configured signs nobody in`() throws {
        let house = try House(["APPLE_CLIENT_ID": "", "APPLE_TEAM_ID": "", "APPLE_KEY_ID": "", "APPLE_PRIVATE_KEY": ""])
        let browser = house.browser()
        for address in ["apple/start", "apple/callback?state=x", "github/start"] {
            #expect(error(try browser.navigate("/api/auth/oauth/" + address)) == "NOT_FOUND", "\(address)")
        }
        let ways = try #require(try browser.send("GET", "/api/auth/providers").object)
        #expect(ways["google"] == true && ways["apple"] == false)
    }

    @Test func `Apple's form from another site is bound by its own cookie`() throws {
        let house = try House(), browser = house.browser()
        house.tell("a1", email: "x@privaterelay.appleid.com", issuer: "https://appleid.apple.com")
        try browser.navigate("/api/auth/oauth/apple/start")
        let user = #"{"name":{"firstName":"Ada"}}"#
        let answer = try browser.navigate(
            "/api/auth/oauth/apple/callback",
            form: [("state", house.state), ("code", "c"), ("user", user)], from: "cross-site")
        #expect(answer.status == 303 && answer["Location"] == Installation.origin + "/")
        #expect(house.providers.answers.last?["user"] == user)
        #expect(try house.me(browser)?["linked_providers"] == .array(["apple"]))
        let json = try browser.send("POST", "/api/auth/oauth/apple/callback", ["state": "x"])
        #expect(error(json) == "VALIDATION_ERROR")
    }

    @Test(arguments: [
        ("closed", nil as String?, "REGISTRATION_CLOSED"), ("invite", nil, "INVITATION_REQUIRED"),
        ("invite", "never-made", "INVITATION_REQUIRED"), ("open", "never-made", "INVITATION_REQUIRED"),
    ])
    func `somebody new needs what the installation wants`(_ policy: String, _ invitation: String?, _ code: String)
        throws
    {
        let house = try House(["REGISTRATION": policy]), browser = house.browser()
        house.tell("s1", email: "ada@example.org")
        #expect(error(try house.signIn(browser, query: invitation.map { "?invitation=\($0)" } ?? "")) == code)
        #expect(browser.cookies.isEmpty)
        #expect(try house.installation.scalar("SELECT count(*) FROM users") == 0)
    }

    @Test func `an invitation lets one person in, with its role`() throws {
        let house = try House(["REGISTRATION": "invite"])
        var db = try house.installation.database.connect()
        // The first person is admin, whatever they were invited as.
        let first = try Invitations.make(role: .user, note: nil, days: 1, house.installation.configuration, in: &db)
        let admin = house.browser()
        house.tell("s0")
        try house.signIn(admin, query: "?invitation=\(first)")
        #expect(try house.me(admin)?["role"] == "admin")
        let token = try Invitations.make(role: .operator, note: nil, days: 1, house.installation.configuration, in: &db)
        let browser = house.browser()
        house.tell("s1")
        try house.signIn(browser, query: "?invitation=\(token)")
        #expect(try house.me(browser)?["role"] == "operator")
        house.tell("s2")
        #expect(error(try house.signIn(house.browser(), query: "?invitation=\(token)")) == "INVITATION_REQUIRED")
    }

    @Test func `a closed account stays closed`() throws {
        let house = try House(), browser = house.browser()
        house.tell("s1")
        try house.signIn(browser)
        var db = try house.installation.database.connect()
        try db.execute("UPDATE users SET disabled_at = now()")
        #expect(error(try house.signIn(house.browser())) == "ACCOUNT_CLOSED")
        #expect(try house.me(browser) == nil || house.installation.scalar("SELECT count(*) FROM sessions") == 1)
    }
}
