import App
import Crypto
import Daemon
import System
import TestSupport
import Testing

@testable import Remote

/// Against a strict provider on loopback.
@Suite struct OpenIDConnectTests {
    private final class Clock { var now = 0 }

    private let provider: TestProvider
    private let clock = Clock()
    private let client: OpenIDConnect

    init() throws {
        provider = try TestProvider(clientKey: AppleClientSecretTests.pem)
        let configuration = try Configuration(
            provider.environment(keyFile: "/key").merging([
                "ENVIRONMENT": "test", "PUBLIC_ORIGINS": "https://app.example",
                "SERVER_SECRET": String(repeating: "0f", count: 32),
            ]) { $1 }
        ) { $0 == "/key" ? AppleClientSecretTests.pem : nil }
        client = OpenIDConnect(configuration, log: Log(minimum: .error)) { [clock] in clock.now }
    }

    private func request(_ name: IdentityProvider) -> AuthorizationRequest {
        func random() -> String { base64URL(Random.bytes(32)) }
        return AuthorizationRequest(
            provider: name, redirectURI: "https://app.example/api/auth/oauth/\(name.rawValue)/callback",
            state: random(), nonce: random(), codeVerifier: random())
    }

    private func answer(_ request: AuthorizationRequest, _ subject: String) throws -> [String: String] {
        let way = try provider.visit(client.address(request), as: subject)
        return Dictionary(way.parameters.map { ($0.name, $0.value) }) { first, _ in first }
    }

    private func signIn(_ name: IdentityProvider, as subject: String) throws -> Identity {
        let request = request(name)
        return try client.identity(request, answer: answer(request, subject))
    }

    private func refusal(_ request: AuthorizationRequest, _ answer: [String: String]) -> IdentityRefusal? {
        do throws(IdentityRefusal) {
            _ = try client.identity(request, answer: answer)
            return nil
        } catch { return error }
    }

    private func asked(_ line: String) -> Int { provider.server.requests.count { $0.hasPrefix(line) } }

    @Test func `somebody is identified, and the keys are asked for once`() throws {
        for _ in 0..<3 {
            let identity = try signIn(.google, as: "ada")
            #expect(
                identity
                    == Identity(
                        issuer: provider.server.url + "/google", subject: "ada", email: "ada@example.org",
                        isEmailVerified: true, displayName: "Ada Lovelace"))
        }
        #expect(asked("GET /google/keys ") == 1 && asked("POST /google/token ") == 3)
        #expect(asked("GET /google/userinfo ") == 3)
    }

    @Test func `Apple tells a name once, and gets the same client secret within an hour`() throws {
        #expect(try signIn(.apple, as: "ada").displayName == "Ada Lovelace")
        let again = try signIn(.apple, as: "ada")
        #expect(again.displayName == nil && again.email == "ada@privaterelay.appleid.com" && again.isEmailVerified)
        let secrets = provider.server.requests.compactMap { request in
            request.split(separator: "&").first { $0.hasPrefix("client_secret=") }
        }
        #expect(secrets.count == 2 && Set(secrets).count == 1)
        #expect(asked("GET /apple/userinfo ") == 0)
    }

    @Test func `a provider that changes its keys is asked again, but not at once`() throws {
        _ = try signIn(.google, as: "ada")
        provider.rotate()
        clock.now = 59
        let request = request(.google)
        #expect(refusal(request, try answer(request, "ada")) == IdentityRefusal(.refused, "id token: unknown_key"))
        clock.now = 60
        #expect(try signIn(.google, as: "ada").subject == "ada")
        #expect(asked("GET /google/keys ") == 2)
    }

    @Test func `a code belongs to its verifier, its address and its one use`() throws {
        let refused = IdentityRefusal(.refused, "token endpoint: 400 invalid_grant")
        let first = request(.google), brought = try answer(first, "ada")
        #expect(refusal(first, brought) == nil)
        #expect(refusal(first, brought) == refused)
        let second = request(.google), other = request(.google)
        let swapped = AuthorizationRequest(
            provider: .google, redirectURI: second.redirectURI, state: second.state, nonce: second.nonce,
            codeVerifier: other.codeVerifier)
        #expect(refusal(swapped, try answer(second, "ada")) == refused)
        let third = request(.google)
        let elsewhere = AuthorizationRequest(
            provider: .google, redirectURI: third.redirectURI + "/", state: third.state, nonce: third.nonce,
            codeVerifier: third.codeVerifier)
        #expect(refusal(elsewhere, try answer(third, "ada")) == refused)
    }

    @Test func `a token of another sign-in is not taken`() throws {
        let first = request(.google)
        let other = AuthorizationRequest(
            provider: .google, redirectURI: first.redirectURI, state: first.state, nonce: request(.google).nonce,
            codeVerifier: first.codeVerifier)
        #expect(refusal(other, try answer(first, "ada")) == IdentityRefusal(.refused, "id token: nonce"))
    }

    @Test func `a provider that is gone is unavailable`() throws {
        let request = request(.google), brought = try answer(request, "ada")
        provider.server.stop()
        #expect(refusal(request, brought)?.kind == .unavailable)
    }
}
