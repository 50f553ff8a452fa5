import Crypto
import JSON

/// A signed token in its compact form (RFC 7515): taken apart, and nothing of it believed yet.
package struct JSONWebToken {
    /// Bytes of the whole token; those of Google and Apple have about a thousand.
    package static let maxBytes = 16_384
    private static let limits = ParseLimits(maxBytes: maxBytes, maxDepth: 8)

    let header: Object
    let claims: Object
    /// What the signature is over: the first two parts with their dot.
    let signedBytes: [UInt8]
    let signature: [UInt8]

    /// - Throws: ``IDTokenError/malformed`` for anything but three parts of base64url, two of them JSON objects in which
    ///   no name comes twice.
    package init(_ text: String) throws(IDTokenError) {
        guard text.utf8.count <= Self.maxBytes else { throw .malformed }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = bytes(base64URL: String(parts[2])) else { throw .malformed }
        header = try Self.object(parts[0])
        claims = try Self.object(parts[1])
        signedBytes = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
        self.signature = signature
    }

    private static func object(_ part: Substring) throws(IDTokenError) -> Object {
        guard let bytes = bytes(base64URL: String(part)), let value = try? parse(bytes, limits: limits),
            case .object(let object) = value
        else { throw .malformed }
        return object
    }

    /// Makes a token with an ES256 signature (RFC 7518, 3.4).
    ///
    /// - Returns: nil when the key is not one of P-256.
    static func signed(_ claims: Object, keyID: String, by key: borrowing PrivateKey) -> String? {
        let header: Object = ["alg": "ES256", "kid": .string(keyID), "typ": "JWT"]
        let text = base64URL(Value.object(header).bytes) + "." + base64URL(Value.object(claims).bytes)
        guard case .elliptic(.p256, _) = key.publicKey, let der = key.sign(Array(text.utf8), .ecdsa(.sha256)),
            let signature = fixedLength(der, integerBytes: 32)
        else { return nil }
        return text + "." + base64URL(signature)
    }

    /// The two integers of an ECDSA signature side by side, as JOSE wants them, from their DER sequence.
    static func fixedLength(_ der: [UInt8], integerBytes: Int) -> [UInt8]? {
        guard der.count >= 2, der[0] == 0x30, Int(der[1]) == der.count - 2 else { return nil }
        var rest = der[2...], result: [UInt8] = []
        for _ in 0..<2 {
            guard rest.count >= 2, rest[rest.startIndex] == 0x02 else { return nil }
            let length = Int(rest[rest.startIndex + 1])
            rest = rest.dropFirst(2)
            guard length <= rest.count else { return nil }
            let integer = rest.prefix(length).drop { $0 == 0 }
            guard integer.count <= integerBytes else { return nil }
            result += [UInt8](repeating: 0, count: integerBytes - integer.count) + integer
            rest = rest.dropFirst(length)
        }
        return rest.isEmpty ? result : nil
    }
}
