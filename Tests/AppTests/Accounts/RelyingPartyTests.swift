import Testing
import WebAuthn

@testable import App

@Suite struct RelyingPartyTests {
    @Test(arguments: [
        ("https://app.example", "", ["https://app.example"], "app.example"),
        ("https://app.example:8443", "", ["https://app.example:8443"], "app.example"),
        (
            "https://a.app.example, https://b.app.example", "app.example",
            ["https://a.app.example", "https://b.app.example"], "app.example"
        ),
        ("http://localhost:8080", "", ["http://localhost:8080"], "localhost"),
        ("http://localhost", "localhost", ["http://localhost"], "localhost"),
    ])
    func `origins and the domain of passkeys are taken`(
        _ origins: String, _ id: String, _ expected: [String], _ expectedID: String
    ) throws {
        var problems: [String] = []
        let party = RelyingParty.read(origins: origins, id: id, problems: &problems)
        #expect(problems == [])
        #expect(party?.origins == expected && party?.id == expectedID)
    }

    @Test(arguments: [
        ("http://app.example", ""), ("app.example", ""), ("https://", ""), ("https://app.example/", ""),
        ("https://App.example", ""), ("https://app.example:443", ""), ("http://localhost:80", ""),
        ("https://app.example:0", ""), ("https://app.example:08443", ""), ("https://app.example:", ""),
        ("https://user@app.example", ""), ("https://app.example", "example.org"), ("https://app.example", "pp.example"),
        ("https://app.example, https://other.example", ""), ("https://192.0.2.1", ""),
        ("https://app.example", "example"),
        (",", ""), ("https://.app.example", ""), ("https://[::1]", ""),
    ])
    func `what no browser would send is refused`(_ origins: String, _ id: String) {
        var problems: [String] = []
        #expect(RelyingParty.read(origins: origins, id: id, problems: &problems) == nil)
        #expect(problems.count == 1 || origins == ",", "\(problems)")
    }

    @Test func `signing in needs a secret, and everything wrong is told at once`() throws {
        let secret = String(repeating: "k", count: 32)
        let refusal = try #require(throws: Configuration.Refusal.self) {
            try Configuration(["PUBLIC_ORIGINS": "https://App", "REGISTRATION": "sometimes"]) { _ in nil }
        }
        for name in ["PUBLIC_ORIGINS", "REGISTRATION", "SERVER_SECRET"] {
            #expect(refusal.problems.contains { $0.hasPrefix(name) }, "nothing said about \(name)")
        }
        #expect(throws: Configuration.Refusal.self) { try Configuration(["SERVER_SECRET": "short"]) { _ in nil } }
        #expect(throws: Configuration.Refusal.self) { try Configuration(["RP_ID": "app.example"]) { _ in nil } }
        let kept = try Configuration(["PUBLIC_ORIGINS": "https://app.example"]) { path in
            path == Configuration.Variable.serverSecretFile.standard ? secret : nil
        }
        #expect(kept.serverSecret == ServerSecret(secret) && kept.registration == .open)
        let shown = kept.effective.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        #expect(shown.contains("SERVER_SECRET=***") && !shown.contains(secret) && !"\(kept)".contains(secret))
    }

    @Test func `each purpose has its own key`() throws {
        let secret = try #require(ServerSecret(String(repeating: "k", count: 32)))
        #expect(secret.key(for: "a").count == 32)
        #expect(secret.key(for: "a") == secret.key(for: "a") && secret.key(for: "a") != secret.key(for: "b"))
    }
}
