import Foundation
import JSON
import TestSupport
import Testing

/// Signing in with Google and Apple, against a strict provider of our own: through nginx, the outbound pool and Postgres.
@Suite(.serialized, .enabled(if: hasBuild, "needs the release build: run make test"))
struct ProviderSignInTests {
    private static let stage: Result<Stage, any Error> = Result { try Stage() }

    /// One server and one provider for the suite.
    private final class Stage: @unchecked Sendable {
        /// Made for tests: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256
        static let clientKey = """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQ5Q87PqtCV+wYzuw
            MLGu9QnCAFRKirnrKBt8xM99INyhRANCAARMkqaySSqFzYOwG6WuvcsJhthtC7Vy
            gRFsJG9mEaE/OfRt/kKc3Rpg/wiLLPtYNXDnuV5gE3dpaKawMVrrAkrj
            -----END PRIVATE KEY-----
            """
        let provider: TestProvider
        let server: TestServer

        init() throws {
            provider = try TestProvider(clientKey: Self.clientKey)
            let keyFile = NSTemporaryDirectory() + "bse2e-\(getpid())-apple.pem"
            atexitRemove(keyFile)
            try Self.clientKey.write(toFile: keyFile, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: keyFile)
            server = try TestServer(environment: provider.environment(keyFile: keyFile))
        }

        var origin: String { "http://localhost:\(server.client.port)" }

        func browser() -> TestBrowser { TestBrowser(server.client) }

        /// From our page to the provider, where somebody agrees or not.
        func leave(
            _ browser: TestBrowser, _ provider: String = "google", as subject: String, agrees: Bool = true,
            query: String = ""
        ) throws -> TestProvider.Return {
            let away = try browser.navigate("/api/auth/oauth/\(provider)/start\(query)")
            guard away.status == 303, let location = away["Location"] else {
                throw TestServer.Failure(description: "\(away.status) \(away.text)")
            }
            return try self.provider.visit(location, as: subject, agrees: agrees)
        }

        /// And back.
        @discardableResult
        func comeBack(_ browser: TestBrowser, _ way: TestProvider.Return) throws -> HTTPClient.Answer {
            switch way {
            case .redirect(let address):
                try browser.navigate(String(address.dropFirst(origin.count)), from: "cross-site")
            case .form(let address, let items):
                try browser.navigate(String(address.dropFirst(origin.count)), form: items, from: "cross-site")
            }
        }

        @discardableResult
        func signIn(
            _ browser: TestBrowser, _ provider: String = "google", as subject: String
        ) throws -> HTTPClient.Answer {
            try comeBack(browser, leave(browser, provider, as: subject))
        }

        func me(_ browser: TestBrowser) throws -> Object? {
            let answer = try browser.send("GET", "/api/auth/me")
            return answer.status == 200 ? answer.object : nil
        }

        func error(_ answer: HTTPClient.Answer) -> String? {
            let prefix = origin + "/sign-in?error="
            guard answer.status == 303, let location = answer["Location"], location.hasPrefix(prefix) else {
                return nil
            }
            return String(location.dropFirst(prefix.count))
        }
    }

    private let stage: Stage

    init() throws { stage = try Self.stage.get() }

    @Test(arguments: ["google", "apple"])
    func `a visitor becomes a user, and is the same one the next time`(_ provider: String) throws {
        let first = stage.browser(), subject = "new-\(provider)"
        let way = try stage.leave(first, provider, as: subject, query: "?return_to=/markets")
        let answer = try stage.comeBack(first, way)
        #expect(answer.status == 303 && answer["Location"] == stage.origin + "/markets")
        #expect(answer["Cache-Control"] == "no-store")
        let me = try #require(try stage.me(first))
        #expect(me["email_verified"] == true && me["display_name"] == "Ada Lovelace")
        #expect(
            me["email"]
                == .string(provider == "apple" ? "\(subject)@privaterelay.appleid.com" : "\(subject)@example.org"))
        #expect(try first.send("GET", "/api/paper-account").object?["cash_balance"] == "100000.00")
        let second = stage.browser()
        try stage.signIn(second, provider, as: subject)
        #expect(try stage.me(second)?["id"] == me["id"])
        #expect(second.cookies["__Host-session"] != first.cookies["__Host-session"])
        let ways = try #require(try first.send("GET", "/api/auth/providers").object)
        #expect(ways["google"] == true && ways["apple"] == true)
    }

    @Test(arguments: TestProvider.Fault.allCases)
    func `every fault of a provider is refused, and those about an email prove nothing`(
        _ fault: TestProvider.Fault
    ) throws {
        let browser = stage.browser()
        let way = try stage.leave(browser, as: "fault-\(fault.rawValue)")
        stage.provider.fail(fault)
        let answer = try stage.comeBack(browser, way)
        if fault.isAboutEmail {
            #expect(stage.error(answer) == nil)
            #expect(try #require(try stage.me(browser))["email_verified"] == false)
        } else {
            let isDown = [.token500, .tokenSlow, .tokenHTML].contains(fault)
            #expect(stage.error(answer) == (isDown ? "PROVIDER_UNAVAILABLE" : "PROVIDER_REFUSED"))
            #expect(browser.cookies.isEmpty)
            let users = try stage.server.scalar(
                "SELECT count(*) FROM oauth_identities WHERE subject LIKE 'fault-\(fault.rawValue)'")
            #expect(users == 0)
        }
    }

    @Test func `who says no at the provider comes back with nothing`() throws {
        for provider in ["google", "apple"] {
            let browser = stage.browser()
            let way = try stage.leave(browser, provider, as: "no", agrees: false)
            #expect(stage.error(try stage.comeBack(browser, way)) == "SIGN_IN_CANCELLED")
            #expect(browser.cookies.isEmpty)
        }
    }

    @Test func `what came back once is worth nothing the second time, nor in another browser`() throws {
        let browser = stage.browser(), thief = stage.browser()
        let way = try stage.leave(browser, as: "replay")
        try stage.comeBack(browser, way)
        #expect(stage.error(try stage.comeBack(browser, way)) == "SIGN_IN_EXPIRED")
        let other = try stage.leave(browser, as: "replay")
        _ = try stage.leave(thief, as: "thief")
        #expect(stage.error(try stage.comeBack(thief, other)) == "SIGN_IN_EXPIRED")
        #expect(thief.cookies["__Host-session"] == nil)
    }

    @Test func `another issuer's answer is not taken for this one's`() throws {
        let browser = stage.browser()
        guard case .redirect(let address) = try stage.leave(browser, as: "mixed") else { return }
        let parts = address.split(separator: "&").map { $0.hasPrefix("iss=") ? "iss=https%3A%2F%2Fevil.example" : $0 }
        let answer = try stage.comeBack(browser, .redirect(parts.joined(separator: "&")))
        #expect(stage.error(answer) == "PROVIDER_REFUSED")
    }

    @Test func `of callbacks at once one wins`() throws {
        let browser = stage.browser()
        let way = try stage.leave(browser, as: "crowd")
        let copies = (0..<8).map { _ in browser.copy() }
        nonisolated(unsafe) var locations: [String] = []
        let lock = NSLock()
        nonisolated(unsafe) let shared = copies
        inParallel(copies.count) { index in
            let location = (try? stage.comeBack(shared[index], way))?["Location"] ?? "none"
            lock.withLock { locations.append(location) }
        }
        #expect(locations.filter { $0 == stage.origin + "/" }.count == 1, "\(locations)")
        #expect(locations.filter { $0.hasSuffix("SIGN_IN_EXPIRED") }.count == copies.count - 1)
        #expect(try stage.server.scalar("SELECT count(*) FROM oauth_identities WHERE subject = 'crowd'") == 1)
    }

    @Test func `somebody new who comes from two browsers at once is one user`() throws {
        let browsers = (0..<4).map { _ in stage.browser() }
        let ways = try browsers.map { try stage.leave($0, as: "twins") }
        nonisolated(unsafe) let shared = browsers
        inParallel(browsers.count) { index in
            _ = try? stage.comeBack(shared[index], ways[index])
        }
        let ids = try browsers.map { try stage.me($0)?["id"]?.stringValue }
        #expect(Set(ids).count == 1 && ids[0] != nil, "\(ids)")
        #expect(try stage.server.scalar("SELECT count(*) FROM oauth_identities WHERE subject = 'twins'") == 1)
    }

    @Test func `a signed-in user links, signs in with either, and unlinks but for the last way in`() throws {
        let browser = stage.browser(), authenticator = SoftwareAuthenticator(origin: stage.origin)
        #expect(try browser.signUp("linker@example.org", authenticator).status == 201)
        let id = try stage.me(browser)?["id"]
        // Not without a session, and not from another page.
        #expect(try stage.browser().send("POST", "/api/me/oauth/google", [:]).status == 401)
        #expect(try browser.send("POST", "/api/me/oauth/google", [:], site: "cross-site").status == 403)

        for provider in ["google", "apple"] {
            let begun = try browser.send("POST", "/api/me/oauth/\(provider)", ["return_to": "/account"])
            let address = try #require(begun.object?["authorization_url"]?.stringValue, "\(begun.text)")
            let answer = try stage.comeBack(browser, stage.provider.visit(address, as: "linked"))
            #expect(answer["Location"] == stage.origin + "/account", "\(provider) \(answer["Location"] ?? "")")
        }
        #expect(try stage.me(browser)?["linked_providers"] == .array(["apple", "google"]))
        let other = stage.browser()
        try stage.signIn(other, as: "linked")
        #expect(try stage.me(other)?["id"] == id)

        // Nobody else gets it, and nobody gets two of one provider.
        let stranger = stage.browser()
        try stage.signIn(stranger, "apple", as: "stranger")
        let taken = try stranger.send("POST", "/api/me/oauth/google", [:]).object?["authorization_url"]?.stringValue
        #expect(
            stage.error(try stage.comeBack(stranger, stage.provider.visit(taken ?? "", as: "linked")))
                == "IDENTITY_TAKEN")
        let second = try browser.send("POST", "/api/me/oauth/google", [:]).object?["authorization_url"]?.stringValue
        #expect(
            stage.error(try stage.comeBack(browser, stage.provider.visit(second ?? "", as: "second")))
                == "ALREADY_LINKED")

        #expect(try browser.send("DELETE", "/api/me/oauth/google").status == 204)
        #expect(try browser.send("DELETE", "/api/me/oauth/google").status == 404)
        let unlinked = stage.browser()
        try stage.signIn(unlinked, as: "linked")
        #expect(try stage.me(unlinked)?["id"] != id)
        let last = try stranger.send("DELETE", "/api/me/oauth/apple")
        #expect(last.status == 409 && last.code == "CONFLICT")
        #expect(try stage.me(stranger)?["linked_providers"] == .array(["apple"]))
    }

    @Test func `linking wants a recent sign-in, and a session that still holds at the end`() throws {
        let browser = stage.browser()
        try stage.signIn(browser, as: "late")
        try stage.server.execute(
            "UPDATE sessions SET authenticated_at = now() - interval '6 min' WHERE user_id = '\(try #require(try stage.me(browser)?["id"]?.stringValue))'"
        )
        let refused = try browser.send("POST", "/api/me/oauth/apple", [:])
        #expect(refused.status == 403 && refused.code == "REAUTHENTICATION_REQUIRED")
        #expect(try browser.send("DELETE", "/api/me/oauth/google").code == "REAUTHENTICATION_REQUIRED")
        // Signing in again is a confirmation.
        try stage.signIn(browser, as: "late")
        let begun = try browser.send("POST", "/api/me/oauth/apple", [:])
        let way = try stage.provider.visit(begun.object?["authorization_url"]?.stringValue ?? "", as: "late")
        #expect(try browser.send("POST", "/api/auth/logout").status == 204)
        #expect(stage.error(try stage.comeBack(browser, way)) == "SIGN_IN_EXPIRED")
        #expect(try stage.server.scalar("SELECT count(*) FROM oauth_identities WHERE subject = 'late'") == 1)
    }

    @Test func `providers that hang hold up nobody who does not ask them`() throws {
        let browsers = (0..<4).map { _ in stage.browser() }
        let ways = try browsers.map { try stage.leave($0, as: "hang") }
        for _ in ways { stage.provider.fail(.tokenSlow) }
        nonisolated(unsafe) let shared = browsers
        let asking = Thread {
            inParallel(shared.count) { index in
                _ = try? stage.comeBack(shared[index], ways[index])
            }
        }
        let before = stage.provider.server.requests.count
        asking.start()
        try poll("both outbound processes wait for the provider", seconds: 20) {
            stage.provider.server.requests.count >= before + 2
        }
        // Each would take seconds if it had to wait for one of those.
        for path in ["/api/health/ready", "/api/auth/providers", "/api/openapi.json"] {
            #expect(try stage.server.client.send("GET", path, seconds: 4).status == 200, "\(path)")
        }
        try poll("the others to be given up", seconds: 60) { asking.isFinished }
        #expect(browsers.allSatisfy { $0.cookies["__Host-session"] == nil })
    }

    @Test func `no secret of any sign-in is in a log`() throws {
        let browser = stage.browser()
        try stage.signIn(browser, "apple", as: "quiet")
        stage.provider.fail(.badSignature)
        try stage.signIn(browser, as: "quiet")
        let folder = stage.server.state + "/log"
        let secrets = stage.provider.secrets.union(browser.secrets)
        #expect(secrets.count > 8)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where !name.hasPrefix("postgres") {
            let text = String(
                decoding: FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data(), as: UTF8.self)
            for secret in secrets { #expect(!text.contains(secret), "\(name)") }
        }
    }
}
