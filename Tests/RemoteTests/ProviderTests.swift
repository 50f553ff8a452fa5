import App
import HTTPClient
import JSON
import Testing

import struct HTTP.Response

@testable import Remote

@Suite struct ProviderTests {
    private func provider(_ name: IdentityProvider) throws -> Provider {
        let environment = [
            "PUBLIC_ORIGINS": "https://app.example", "SERVER_SECRET": String(repeating: "0f", count: 32),
            "GOOGLE_CLIENT_ID": "client", "GOOGLE_CLIENT_SECRET": "hush", "APPLE_CLIENT_ID": "org.example.web",
            "APPLE_TEAM_ID": "TEAM", "APPLE_KEY_ID": "KEY", "APPLE_PRIVATE_KEY": AppleClientSecretTests.pem,
        ]
        let configuration = try Configuration(environment) { _ in nil }
        return Provider(try #require(configuration.providers.first { $0.provider == name }))
    }

    private func request(_ name: IdentityProvider) -> AuthorizationRequest {
        AuthorizationRequest(
            provider: name, redirectURI: "https://app.example/api/auth/oauth/\(name.rawValue)/callback", state: "s&1",
            nonce: "n", codeVerifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    }

    @Test func `the address says what is asked, with the challenge of RFC 7636, appendix B`() throws {
        #expect(
            try provider(.google).authorizationURL(request(.google))
                == "https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=client"
                + "&redirect_uri=https%3A%2F%2Fapp.example%2Fapi%2Fauth%2Foauth%2Fgoogle%2Fcallback"
                + "&scope=openid%20email%20profile&state=s%261&nonce=n"
                + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256")
        let apple = try provider(.apple).authorizationURL(request(.apple))
        #expect(apple.hasPrefix("https://appleid.apple.com/auth/authorize?"))
        #expect(apple.contains("&scope=openid%20email%20name&") && apple.hasSuffix("&response_mode=form_post"))
    }

    @Test func `a code is exchanged with everything that belongs to it`() throws {
        let message = try provider(.google).tokenRequest(request(.google), code: "c/1", now: 0)
        #expect(message.method == .post && message.url == "https://oauth2.googleapis.com/token")
        #expect(
            String(decoding: message.body, as: UTF8.self)
                == "grant_type=authorization_code&code=c%2F1"
                + "&redirect_uri=https%3A%2F%2Fapp.example%2Fapi%2Fauth%2Foauth%2Fgoogle%2Fcallback"
                + "&client_id=client&client_secret=hush&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    }

    private static let answers: [(String, [String: String], IdentityRefusal.Kind?)] = [
        ("a code", ["code": "c"], nil),
        ("a code with its issuer", ["code": "c", "iss": "https://accounts.google.com"], nil),
        ("another issuer", ["code": "c", "iss": "https://appleid.apple.com"], .refused),
        ("another issuer's error", ["error": "access_denied", "iss": "https://evil.example"], .refused),
        ("no code", [:], .refused), ("an empty code", ["code": ""], .refused),
        ("an endless code", ["code": String(repeating: "c", count: 2_049)], .refused),
        ("a person's no", ["error": "access_denied"], .cancelled),
        ("a person's no at Apple", ["error": "user_cancelled_authorize"], .cancelled),
        ("another error, whatever comes with it", ["error": "server_error", "code": "c"], .refused),
    ]

    @Test(arguments: answers)
    func `what the browser brings is read`(
        _ what: String, _ answer: [String: String], _ kind: IdentityRefusal.Kind?
    ) throws {
        let provider = try provider(.google)
        do throws(IdentityRefusal) {
            #expect(try provider.code(in: answer) == "c" && kind == nil, "\(what)")
        } catch { #expect(error.kind == kind, "\(what)") }
    }

    private static let tokenAnswers: [(Int, String, IdentityRefusal?)] = [
        (200, #"{"id_token":"i","access_token":"a","token_type":"Bearer","more":[]}"#, nil),
        (200, #"{"id_token":"i","access_token":"a","token_type":"bearer"}"#, nil),
        (200, #"{"access_token":"a","token_type":"Bearer"}"#, IdentityRefusal(.refused, "token endpoint: no tokens")),
        (200, #"{"id_token":"i","token_type":"Bearer"}"#, IdentityRefusal(.refused, "token endpoint: no tokens")),
        (
            200, #"{"id_token":"i","access_token":"a","token_type":"mac"}"#,
            IdentityRefusal(.refused, "token endpoint: no tokens")
        ),
        (
            200, #"{"id_token":"i","id_token":"j","access_token":"a","token_type":"Bearer"}"#,
            IdentityRefusal(.unavailable, "token endpoint: not JSON")
        ),
        (200, "<html>", IdentityRefusal(.unavailable, "token endpoint: not JSON")),
        (302, "", IdentityRefusal(.unavailable, "token endpoint: 302")),
        (400, #"{"error":"invalid_grant"}"#, IdentityRefusal(.refused, "token endpoint: 400 invalid_grant")),
        (401, #"{"error":"echo of what was sent"}"#, IdentityRefusal(.refused, "token endpoint: 401")),
        (503, "", IdentityRefusal(.unavailable, "token endpoint: 503")),
    ]

    @Test(arguments: tokenAnswers)
    func `what the token endpoint says is read`(_ status: Int, _ body: String, _ refusal: IdentityRefusal?) throws {
        let provider = try provider(.google)
        do throws(IdentityRefusal) {
            let tokens = try provider.tokens(from: Response(status: status, body: Array(body.utf8)))
            #expect(tokens == Provider.Tokens(idToken: "i", accessToken: "a") && refusal == nil)
        } catch { #expect(error == refusal) }
    }

    private static let people: [(Int, String, IdentityRefusal?)] = [
        (200, #"{"sub":"s1","email":"x"}"#, nil),
        (200, #"{"sub":"mallory"}"#, IdentityRefusal(.refused, "userinfo: another subject")),
        (200, "{}", IdentityRefusal(.refused, "userinfo: another subject")),
        (200, #"{"sub":"s1","sub":"s1"}"#, IdentityRefusal(.unavailable, "userinfo: 200")),
        (401, "{}", IdentityRefusal(.refused, "userinfo: 401")),
        (500, "", IdentityRefusal(.unavailable, "userinfo: 500")),
    ]

    @Test(arguments: people)
    func `the access token must be of the same person`(
        _ status: Int, _ body: String, _ refusal: IdentityRefusal?
    ) throws {
        let provider = try provider(.google)
        do throws(IdentityRefusal) {
            try provider.checkUserInfo(Response(status: status, body: Array(body.utf8)), subject: "s1")
            #expect(refusal == nil)
        } catch { #expect(error == refusal) }
    }

    @Test(arguments: [
        (#"{"name":{"firstName":"Ada","lastName":"Lovelace"}}"#, "Ada Lovelace" as String?),
        (#"{"name":{"firstName":"Ada","lastName":""}}"#, "Ada"), (#"{"name":{}}"#, nil), (#"{"name":"Ada"}"#, nil),
        ("{}", nil), ("nonsense", nil), (#"{"name":{"firstName":1}}"#, nil),
    ])
    func `Apple's form names a person the first time, and nobody else's does`(_ user: String, _ name: String?) throws {
        #expect(try provider(.apple).name(in: ["user": user]) == name)
        #expect(try provider(.google).name(in: ["user": user]) == nil)
    }
}
