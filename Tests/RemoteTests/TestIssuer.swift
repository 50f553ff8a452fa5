import Crypto
import JSON

@testable import Remote

/// An issuer of ID tokens that can be told what to get wrong.
final class TestIssuer {
    static let now = 1_800_000_000
    static let issuer = "https://issuer.example"
    static let clientID = "client-1"
    static let nonce = "the-nonce-of-this-sign-in"
    static let accessToken = "the-access-token"
    static let keyID = "key-1"

    private let key = PrivateKey(.rsa(bits: 2048))
    let publicKey: PublicKey

    init() { publicKey = key.publicKey }

    static let header: Object = ["alg": "RS256", "kid": .string(keyID), "typ": "JWT"]

    static var claims: Object {
        [
            "iss": .string(issuer), "aud": .string(clientID), "azp": .string(clientID), "sub": "subject-1",
            "iat": .number(Number(now)), "exp": .number(Number(now + 3_600)), "nonce": .string(nonce),
            "at_hash": .string(base64URL(Array(Digest.sha256(Array(accessToken.utf8)).prefix(16)))),
            "email": "ada@example.org", "email_verified": true, "name": "Ada Lovelace",
        ]
    }

    static let expectation = IDToken.Expectation(
        issuers: [issuer], clientID: clientID, nonce: nonce, accessToken: accessToken, now: now)

    /// A token with the two texts as they are, and a good signature over them.
    func token(header: [UInt8], claims: [UInt8]) -> String {
        let text = base64URL(header) + "." + base64URL(claims)
        return text + "." + base64URL(key.sign(Array(text.utf8), .rsaPKCS1(.sha256))!)
    }

    func token(header: Object = TestIssuer.header, claims: Object = TestIssuer.claims) -> String {
        token(header: Value.object(header).bytes, claims: Value.object(claims).bytes)
    }

    /// What an honest client makes of a token.
    func verify(_ token: String, _ expectation: IDToken.Expectation = TestIssuer.expectation) throws -> IDToken {
        try IDToken(token, expectation) { $0 == Self.keyID ? publicKey : nil }
    }

    /// Why a token is refused; nil when it is not.
    func fault(_ token: String, _ expectation: IDToken.Expectation = TestIssuer.expectation) -> IDTokenError? {
        do {
            _ = try verify(token, expectation)
            return nil
        } catch { return error as? IDTokenError }
    }

    /// The public half as a provider publishes it.
    func jwk(id: String = TestIssuer.keyID) -> Object {
        guard case .rsa(let modulus, let exponent) = publicKey else { return [:] }
        return [
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": .string(id), "n": .string(base64URL(modulus)),
            "e": .string(base64URL(exponent)),
        ]
    }
}

extension Object {
    func with(_ name: String, _ value: Value?) -> Object {
        var object = self
        object[name] = value
        return object
    }
}
