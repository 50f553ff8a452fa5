import Crypto
import JSON

/// A provider's public keys (RFC 7517), of which only those for RS256 are kept.
public struct JSONWebKeySet: Sendable, Equatable {
    static let maxBytes = 131_072, maxKeys = 64

    private let keys: [String: PublicKey]

    /// The names of the keys, in no order.
    public var keyIDs: [String] { Array(keys.keys) }

    /// Reads the document behind `jwks_uri`. Keys of other kinds and uses, unsound ones and ones without a name are left
    /// out; two with one name are refused, because a token could mean either.
    public init(_ json: [UInt8]) throws(TokenRefusal) {
        let document: Value
        do throws(ParseError) {
            document = try parse(json, limits: ParseLimits(maxBytes: Self.maxBytes, maxDepth: 8))
        } catch {
            throw TokenRefusal(.malformedKeySet, "no JSON: \(error.code)")
        }
        guard let values = document.objectValue?["keys"]?.arrayValue, values.count <= Self.maxKeys else {
            throw TokenRefusal(.malformedKeySet, "no short array of keys")
        }
        var keys: [String: PublicKey] = [:]
        for value in values {
            guard let object = value.objectValue else { throw TokenRefusal(.malformedKeySet, "a key is no object") }
            guard let name = object["kid"]?.stringValue, !name.isEmpty, let key = Self.key(object) else { continue }
            guard keys.updateValue(key, forKey: name) == nil else {
                throw TokenRefusal(.malformedKeySet, "two keys have one name")
            }
        }
        self.keys = keys
    }

    subscript(_ keyID: String) -> PublicKey? { keys[keyID] }

    private static func key(_ object: Object) -> PublicKey? {
        guard object["kty"]?.stringValue == "RSA", object["use"] ?? "sig" == "sig", object["alg"] ?? "RS256" == "RS256",
            object["key_ops"] ?? ["verify"] == ["verify"],
            let modulus = object["n"]?.stringValue.flatMap({ bytes(base64URL: $0) }),
            let exponent = object["e"]?.stringValue.flatMap({ bytes(base64URL: $0) })
        else { return nil }
        let key = PublicKey.rsa(modulus: modulus, exponent: exponent)
        return key.isSound() ? key : nil
    }
}
