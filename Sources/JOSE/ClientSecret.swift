import Crypto
import JSON

/// The client secret that Apple wants: a token of our own, signed with the key from the developer account.
public enum ClientSecret {
    /// Apple's limit, six months. An hour is plenty.
    public static let maxLifetime: Int64 = 15_777_000

    /// Makes one; nil when `key` is not on P-256.
    ///
    /// - Parameters:
    ///   - issuedAt: Unix seconds.
    ///   - lifetime: seconds, at most ``maxLifetime``.
    public static func make(
        teamID: String, clientID: String, keyID: String, key: borrowing PrivateKey, issuedAt: Int64,
        lifetime: Int64 = 3600, audience: String = "https://appleid.apple.com"
    ) -> String? {
        precondition(1...maxLifetime ~= lifetime, "a client secret for \(lifetime) seconds")
        let header: Value = ["alg": "ES256", "kid": .string(keyID), "typ": "JWT"]
        let claims: Value = [
            "iss": .string(teamID), "iat": .number(Number(Int(issuedAt))),
            "exp": .number(Number(Int(issuedAt + lifetime))), "aud": .string(audience), "sub": .string(clientID),
        ]
        let message = "\(base64URL(header.bytes)).\(base64URL(claims.bytes))"
        guard case .elliptic(.p256, _) = key.publicKey,
            let signature = key.sign(Array(message.utf8), .ecdsa(.sha256)).flatMap(joined)
        else { return nil }
        return "\(message).\(base64URL(signature))"
    }

    /// JOSE's form of a signature on P-256: r and s side by side, 32 bytes each, instead of their DER.
    static func joined(_ signature: [UInt8]) -> [UInt8]? {
        guard signature.count >= 8, signature[0] == 0x30, Int(signature[1]) == signature.count - 2 else { return nil }
        var rest = signature[2...]
        var numbers: [UInt8] = []
        for _ in 0..<2 {
            guard rest.popFirst() == 0x02, let length = rest.popFirst(), length <= rest.count else { return nil }
            let digits = rest.prefix(Int(length)).drop { $0 == 0 }
            guard digits.count <= 32 else { return nil }
            numbers += [UInt8](repeating: 0, count: 32 - digits.count) + digits
            rest = rest.dropFirst(Int(length))
        }
        return rest.isEmpty ? numbers : nil
    }
}
