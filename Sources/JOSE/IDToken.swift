import Crypto
import JSON

/// What an ID token must say (OpenID Connect Core 3.1.3.7), as it was kept when the user was sent to the provider.
public struct IDTokenExpectation: Sendable {
    /// Exact; more than one only where a provider has used more than one name for itself.
    public var issuers: [String]
    public var clientID: String
    public var nonce: String
    /// What came with the token; `at_hash` is checked against it.
    public var accessToken: String?
    /// Unix seconds.
    public var time: Int64
    /// Seconds by which the provider's clock may differ.
    public var clockSkew: Int64

    public init(
        issuers: [String], clientID: String, nonce: String, accessToken: String?, time: Int64, clockSkew: Int64 = 120
    ) {
        self.issuers = issuers
        self.clientID = clientID
        self.nonce = nonce
        self.accessToken = accessToken
        self.time = time
        self.clockSkew = clockSkew
    }

    public func verify(_ token: SignedToken, with keys: JSONWebKeySet) throws(TokenRefusal) -> IDToken {
        let claims = try token.claims(verifiedBy: keys)
        guard let issuer = claims["iss"]?.stringValue, issuers.contains(where: { same($0, issuer) }) else {
            throw TokenRefusal(.wrongIssuer)
        }
        try checkAudience(claims)
        try checkTimes(claims)
        guard let nonce = claims["nonce"]?.stringValue, same(nonce, self.nonce) else { throw TokenRefusal(.wrongNonce) }
        try checkAccessToken(claims)
        guard let subject = claims["sub"]?.stringValue, 1...255 ~= subject.utf8.count else {
            throw TokenRefusal(.malformedClaims, "sub")
        }
        return IDToken(
            issuer: issuer, subject: subject, email: claims["email"]?.stringValue,
            isEmailVerified: isTrue(claims["email_verified"]), isPrivateEmail: isTrue(claims["is_private_email"]),
            name: claims["name"]?.stringValue)
    }

    /// One audience, and that is us: a token that others may use as well is not ours alone.
    private func checkAudience(_ claims: Object) throws(TokenRefusal) {
        let audience: String? =
            switch claims["aud"] {
            case .string(let text)?: text
            case .array(let elements)? where elements.count == 1: elements[0].stringValue
            default: nil
            }
        guard let audience, same(audience, clientID) else { throw TokenRefusal(.wrongAudience, "aud") }
        if let party = claims["azp"] {
            guard let party = party.stringValue, same(party, clientID) else {
                throw TokenRefusal(.wrongAudience, "azp")
            }
        }
    }

    private func checkTimes(_ claims: Object) throws(TokenRefusal) {
        guard let expiry = claims["exp"]?.numberValue?.double, let issued = claims["iat"]?.numberValue?.double else {
            throw TokenRefusal(.malformedClaims, "exp or iat")
        }
        guard expiry > Double(time - clockSkew) else { throw TokenRefusal(.expired) }
        guard issued < Double(time + clockSkew) else { throw TokenRefusal(.notYetValid, "iat") }
        if let start = claims["nbf"] {
            guard let start = start.numberValue?.double else { throw TokenRefusal(.malformedClaims, "nbf") }
            guard start < Double(time + clockSkew) else { throw TokenRefusal(.notYetValid, "nbf") }
        }
    }

    /// The left half of the access token's SHA-256.
    private func checkAccessToken(_ claims: Object) throws(TokenRefusal) {
        guard let claimed = claims["at_hash"] else { return }
        guard let accessToken, let claimed = claimed.stringValue,
            same(claimed, base64URL(Array(Digest.sha256(Array(accessToken.utf8)).prefix(16))))
        else { throw TokenRefusal(.wrongAccessTokenHash) }
    }

    /// Byte by byte: Unicode would call different texts equal.
    private func same(_ a: String, _ b: String) -> Bool { constantTimeEqual(Array(a.utf8), Array(b.utf8)) }

    /// Apple has written booleans as text.
    private func isTrue(_ value: Value?) -> Bool { value == true || value == "true" }
}

/// Who signed in at the provider. Only ``issuer`` and ``subject`` together are an identity; an email is a contact.
public struct IDToken: Sendable, Equatable {
    public let issuer: String
    /// 1 to 255 bytes, never reused by the issuer.
    public let subject: String
    public let email: String?
    public let isEmailVerified: Bool
    /// Apple's relay: mail to it is passed on as long as the user likes.
    public let isPrivateEmail: Bool
    public let name: String?
}
