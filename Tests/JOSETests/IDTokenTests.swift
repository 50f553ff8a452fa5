import Crypto
import JSON
import Testing

@testable import JOSE

/// A provider in small: one valid token; each case breaks one thing.
struct Provider {
    static let time: Int64 = 1_800_000_000
    static let expectation = IDTokenExpectation(
        issuers: ["https://issuer.example"], clientID: "client", nonce: "a nonce", accessToken: "access", time: time)

    // Made once: making an RSA key takes longer than all the tests.
    static let ownKey = PrivateKey(.rsa(bits: 2048))
    static let strangersKey = PrivateKey(.rsa(bits: 2048))

    var isStranger = false
    var header: Object = ["alg": "RS256", "kid": "one", "typ": "JWT"]
    var claims: Object = [
        "iss": "https://issuer.example", "aud": "client", "sub": "user", "nonce": "a nonce", "iat": 1_800_000_000,
        "exp": 1_800_003_600, "email": "ada@example.org", "email_verified": true,
        "at_hash": .string(base64URL(Array(Digest.sha256(Array("access".utf8)).prefix(16)))),
    ]

    static func webKey(_ key: PublicKey, _ more: Object = ["kid": "one", "use": "sig", "alg": "RS256"]) -> Value {
        guard case .rsa(let modulus, let exponent) = key else { fatalError("no RSA key") }
        return .object(
            Object(
                [
                    ("kty", "RSA"), ("n", .string(base64URL(modulus))), ("e", .string(base64URL(exponent))),
                ] + more.members.map { ($0.name, $0.value) }))
    }

    func keySet() throws -> JSONWebKeySet {
        try JSONWebKeySet((["keys": [Self.webKey(Self.ownKey.publicKey)]] as Value).bytes)
    }

    func token(claims text: String? = nil) -> String {
        let body = text.map { Array($0.utf8) } ?? Value.object(claims).bytes
        let message = "\(base64URL(Value.object(header).bytes)).\(base64URL(body))"
        let signature =
            isStranger
            ? Self.strangersKey.sign(Array(message.utf8), .rsaPKCS1(.sha256))!
            : Self.ownKey.sign(Array(message.utf8), .rsaPKCS1(.sha256))!
        return "\(message).\(base64URL(signature))"
    }

    func reason(_ token: String, _ expectation: IDTokenExpectation = expectation) -> TokenRefusal.Reason? {
        do throws(TokenRefusal) {
            _ = try expectation.verify(try SignedToken(token), with: try! keySet())
            return nil
        } catch {
            return error.reason
        }
    }
}

@Suite struct IDTokenTests {
    @Test func readsWhoSignedIn() throws {
        let provider = Provider()
        let token = try Provider.expectation.verify(SignedToken(provider.token()), with: provider.keySet())
        #expect(
            token
                == IDToken(
                    issuer: "https://issuer.example", subject: "user", email: "ada@example.org", isEmailVerified: true,
                    isPrivateEmail: false, name: nil))
    }

    @Test(
        arguments: [
            ("iss", "https://evil.example", TokenRefusal.Reason.wrongIssuer),
            ("iss", "https://issuer.example.evil.example", .wrongIssuer),
            ("iss", "https://issuer.example/", .wrongIssuer),
            ("iss", nil, .wrongIssuer), ("aud", "another", .wrongAudience),
            ("aud", ["client", "stranger"], .wrongAudience),
            ("aud", ["client"], nil), ("aud", [], .wrongAudience), ("aud", nil, .wrongAudience),
            ("azp", "another", .wrongAudience), ("azp", "client", nil), ("azp", 1, .wrongAudience),
            ("exp", 1_799_999_879, .expired), ("exp", 1_799_999_881, nil), ("exp", nil, .malformedClaims),
            ("exp", "1800003600", .malformedClaims), ("iat", 1_800_000_121, .notYetValid), ("iat", 1_800_000_119, nil),
            ("iat", nil, .malformedClaims), ("nbf", 1_800_000_121, .notYetValid), ("nbf", "x", .malformedClaims),
            ("nonce", "another", .wrongNonce), ("nonce", nil, .wrongNonce), ("at_hash", nil, nil),
            ("at_hash", "AAAAAAAAAAAAAAAAAAAAAA", .wrongAccessTokenHash), ("sub", nil, .malformedClaims),
            ("sub", "", .malformedClaims), ("sub", 7, .malformedClaims),
            ("sub", .string(String(repeating: "s", count: 256)), .malformedClaims),
            ("sub", .string(String(repeating: "s", count: 255)), nil), ("email", nil, nil),
        ] as [(String, Value?, TokenRefusal.Reason?)])
    func judgesClaims(name: String, value: Value?, reason: TokenRefusal.Reason?) {
        var provider = Provider()
        provider.claims[name] = value
        #expect(provider.reason(provider.token()) == reason)
    }

    @Test(
        arguments: [
            (Value.bool(true), true), ("true", true), (false, false), ("false", false), (nil, false), (1, false),
        ] as [(Value?, Bool)])
    func takesAnEmailAsVerifiedOnlyWhenItSaysSo(value: Value?, isVerified: Bool) throws {
        var provider = Provider()
        provider.claims["email_verified"] = value
        let token = try Provider.expectation.verify(SignedToken(provider.token()), with: provider.keySet())
        #expect(token.isEmailVerified == isVerified)
    }

    @Test(
        arguments: [
            ("alg", "none", TokenRefusal.Reason.unacceptableHeader), ("alg", "HS256", .unacceptableHeader),
            ("alg", "RS512", .unacceptableHeader), ("alg", "rs256", .unacceptableHeader),
            ("alg", nil, .unacceptableHeader),
            ("kid", nil, .unacceptableHeader), ("kid", "", .unacceptableHeader), ("kid", "nobody", .unknownKey),
            ("crit", ["x"], .unacceptableHeader), ("jwk", [:], .unacceptableHeader),
            ("jku", "https://a", .unacceptableHeader),
            ("x5u", "https://a", .unacceptableHeader), ("x5c", [], .unacceptableHeader),
            ("typ", "at+jwt", .unacceptableHeader),
            ("typ", nil, nil), ("typ", "jwt", nil), ("new", 1, nil),
        ] as [(String, Value?, TokenRefusal.Reason?)])
    func judgesHeaders(name: String, value: Value?, reason: TokenRefusal.Reason?) {
        var provider = Provider()
        provider.header[name] = value
        #expect(provider.reason(provider.token()) == reason)
    }

    @Test func refusesChangedTokens() {
        let provider = Provider()
        let token = provider.token()
        let parts = token.split(separator: ".").map(String.init)
        #expect(provider.reason(token + ".x") == .malformedToken)
        #expect(provider.reason(parts[0] + "." + parts[1]) == .malformedToken)
        #expect(provider.reason(parts[0] + "." + parts[1] + ".") == .wrongSignature)
        #expect(provider.reason(token + "=") == .malformedToken)
        #expect(provider.reason("") == .malformedToken)
        #expect(provider.reason(String(repeating: "A", count: SignedToken.maxBytes + 1)) == .malformedToken)
        let others = Provider(isStranger: true).token().split(separator: ".").map(String.init)
        #expect(provider.reason([parts[0], parts[1], others[2]].joined(separator: ".")) == .wrongSignature)
        // A member twice: which of them counts would depend on the reader.
        #expect(provider.reason(provider.token(claims: #"{"sub":"user","sub":"mallory"}"#)) == .malformedToken)
        #expect(provider.reason(provider.token(claims: "[]")) == .malformedToken)
    }

    @Test func checksTheAccessTokenWhereItIsNamed() {
        let provider = Provider()
        var expectation = Provider.expectation
        expectation.accessToken = "another"
        #expect(provider.reason(provider.token(), expectation) == .wrongAccessTokenHash)
        expectation.accessToken = nil
        #expect(provider.reason(provider.token(), expectation) == .wrongAccessTokenHash)
    }
}
