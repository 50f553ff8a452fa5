import Crypto
import JSON

/// Why an ID token is not believed; for the audit trail and the log, never for whoever brought it.
package enum IDTokenError: String, Error, Sendable, CaseIterable {
    case malformed
    case algorithm
    /// A member of the header that would change what verifying means, or bring a key along.
    case headerMember = "header_member"
    case keyID = "key_id"
    case unknownKey = "unknown_key"
    case signature
    case issuer
    case audience
    case authorizedParty = "authorized_party"
    case expiry
    case issueTime = "issue_time"
    case nonce
    case accessTokenHash = "access_token_hash"
    case subject
}

/// What a provider vouches for in a token that has been verified (OpenID Connect Core, 3.1.3.7).
struct IDToken: Equatable {
    let subject: String
    let email: String?
    let isEmailVerified: Bool
    let name: String?

    /// What a token is held against.
    struct Expectation {
        /// Any of these, exactly.
        let issuers: [String]
        let clientID: String
        let nonce: String
        let accessToken: String
        /// Unix seconds.
        let now: Int
        /// Apple writes `email_verified` as a text at times; where that is not known it proves nothing.
        var takesVerifiedAsText = false
    }

    /// Seconds by which the provider's clock may differ from ours.
    static let skew = 120

    /// - Parameter key: the provider's key of that id; may go and ask for it.
    /// - Throws: ``IDTokenError``, and whatever `key` throws.
    init(_ text: String, _ expected: Expectation, key: (String) throws -> PublicKey?) throws {
        let token = try JSONWebToken(text)
        try Self.verify(token, key)
        let claims = token.claims
        guard let issuer = claims["iss"]?.stringValue, expected.issuers.contains(issuer) else {
            throw IDTokenError.issuer
        }
        guard claims["aud"] == .string(expected.clientID) || claims["aud"] == .array([.string(expected.clientID)])
        else { throw IDTokenError.audience }
        guard claims["azp"] == nil || claims["azp"] == .string(expected.clientID) else {
            throw IDTokenError.authorizedParty
        }
        guard let expiry = claims["exp"]?.numberValue?.int, expiry > expected.now - Self.skew else {
            throw IDTokenError.expiry
        }
        guard let issued = claims["iat"]?.numberValue?.int, issued <= expected.now + Self.skew, issued <= expiry else {
            throw IDTokenError.issueTime
        }
        guard let nonce = claims["nonce"]?.stringValue,
            constantTimeEqual(Array(nonce.utf8), Array(expected.nonce.utf8))
        else { throw IDTokenError.nonce }
        if let hash = claims["at_hash"] {
            let half = Digest.sha256(Array(expected.accessToken.utf8)).prefix(16)
            guard hash == .string(base64URL(Array(half))) else { throw IDTokenError.accessTokenHash }
        }
        guard let subject = claims["sub"]?.stringValue, (1...255).contains(subject.unicodeScalars.count),
            !subject.unicodeScalars.contains(where: { $0.value < 32 })
        else { throw IDTokenError.subject }
        self.subject = subject
        email = claims["email"]?.stringValue
        let proof = claims["email_verified"]
        isEmailVerified =
            email != nil && (proof == .bool(true) || (expected.takesVerifiedAsText && proof == .string("true")))
        name = claims["name"]?.stringValue
    }

    /// RS256 is our choice, never the token's (RFC 8725, 3.1); the key comes from the provider, never from the token.
    private static func verify(_ token: JSONWebToken, _ key: (String) throws -> PublicKey?) throws {
        let header = token.header
        guard header["alg"] == .string("RS256") else { throw IDTokenError.algorithm }
        let type = header["typ"]?.stringValue?.lowercased()
        guard ["crit", "jwk", "jku", "x5u", "x5c", "b64", "zip"].allSatisfy({ header[$0] == nil }),
            header["typ"] == nil || type == "jwt"
        else { throw IDTokenError.headerMember }
        guard let id = header["kid"]?.stringValue, (1...255).contains(id.utf8.count) else { throw IDTokenError.keyID }
        guard let key = try key(id) else { throw IDTokenError.unknownKey }
        guard key.verifies(token.signature, of: token.signedBytes, .rsaPKCS1(.sha256)) else {
            throw IDTokenError.signature
        }
    }
}
