import Crypto
import JSON

/// A JSON Web Token in compact form (RFC 7515, RFC 7519), read but not yet believed: its claims come out only verified.
///
/// The algorithm is RS256 and nothing else. What the header says chooses among known keys and rules, and never brings
/// new ones.
public struct SignedToken: Sendable {
    public static let maxBytes = 16_384

    /// By this name the key is found.
    public let keyID: String
    private let claims: Object
    private let signedBytes: [UInt8]
    private let signature: [UInt8]

    public init(_ text: String) throws(TokenRefusal) {
        guard text.utf8.count <= Self.maxBytes else { throw TokenRefusal(.malformedToken, "too large") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw TokenRefusal(.malformedToken, "\(parts.count) parts") }
        let header = try Self.object(parts[0], "header")
        keyID = try Self.checked(header)
        claims = try Self.object(parts[1], "claims")
        guard let signature = bytes(base64URL: String(parts[2])) else {
            throw TokenRefusal(.malformedToken, "the signature is not base64url")
        }
        self.signature = signature
        signedBytes = Array(parts[0].utf8) + [UInt8(ascii: ".")] + Array(parts[1].utf8)
    }

    /// The claims, once the signature is that of the named key.
    public func claims(verifiedBy keys: JSONWebKeySet) throws(TokenRefusal) -> Object {
        guard let key = keys[keyID] else { throw TokenRefusal(.unknownKey) }
        guard key.verifies(signature, of: signedBytes, .rsaPKCS1(.sha256)) else { throw TokenRefusal(.wrongSignature) }
        return claims
    }

    private static func object(_ part: Substring, _ name: String) throws(TokenRefusal) -> Object {
        guard let json = bytes(base64URL: String(part)) else {
            throw TokenRefusal(.malformedToken, "the \(name) are not base64url")
        }
        do throws(ParseError) {
            if case .object(let object) = try parse(json, limits: ParseLimits(maxBytes: maxBytes, maxDepth: 8)) {
                return object
            }
        } catch {
            throw TokenRefusal(.malformedToken, "the \(name) are no JSON: \(error.code)")
        }
        throw TokenRefusal(.malformedToken, "the \(name) are no object")
    }

    private static func checked(_ header: Object) throws(TokenRefusal) -> String {
        guard header["alg"] == "RS256" else { throw TokenRefusal(.unacceptableHeader, "alg") }
        for member in ["crit", "jwk", "jku", "x5u", "x5c", "zip", "enc"] where header[member] != nil {
            throw TokenRefusal(.unacceptableHeader, member)
        }
        if let type = header["typ"] {
            guard type.stringValue?.lowercased() == "jwt" else { throw TokenRefusal(.unacceptableHeader, "typ") }
        }
        guard let keyID = header["kid"]?.stringValue, !keyID.isEmpty else {
            throw TokenRefusal(.unacceptableHeader, "kid")
        }
        return keyID
    }
}
