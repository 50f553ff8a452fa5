import Crypto
import JSON

/// A provider's keys for RS256, by their ids (RFC 7517).
struct KeySet: Equatable {
    /// A provider has two or three at a time.
    private static let maximumKeys = 32

    private let keys: [String: PublicKey]

    /// Leaves out what is not for RS256, has no id, or is no sound key.
    ///
    /// - Returns: nil when that leaves none.
    init?(_ document: [UInt8]) {
        guard let value = try? parse(document), case .array(let items)? = value.objectValue?["keys"] else { return nil }
        var keys: [String: PublicKey] = [:]
        for case .object(let item) in items.prefix(Self.maximumKeys) {
            guard item["kty"] == .string("RSA"), item["use"] == nil || item["use"] == .string("sig"),
                item["alg"] == nil || item["alg"] == .string("RS256"), let id = item["kid"]?.stringValue, !id.isEmpty,
                let modulus = item["n"]?.stringValue.flatMap({ bytes(base64URL: $0) }),
                let exponent = item["e"]?.stringValue.flatMap({ bytes(base64URL: $0) })
            else { continue }
            let key = PublicKey.rsa(modulus: modulus, exponent: exponent)
            // Of two keys with one id neither is known to be meant: the first stays, and the other verifies nothing.
            if keys[id] == nil, key.isSound() { keys[id] = key }
        }
        guard !keys.isEmpty else { return nil }
        self.keys = keys
    }

    subscript(_ id: String) -> PublicKey? { keys[id] }
}

/// The keys of one provider, kept as long as it says, within bounds.
///
/// A provider that cannot be asked keeps its last good keys. A token with an unknown key has them fetched again, but not
/// more often than once in ``pause``: tokens with invented key ids must not make us ask without end.
struct KeySetCache {
    /// Seconds: however short the provider says, and however long.
    static let floor = 300, ceiling = 86_400
    /// Seconds when the provider does not say.
    static let standard = 3_600
    /// Seconds between two attempts.
    static let pause = 60

    struct Fetched {
        let keys: KeySet
        /// Seconds, as the provider said.
        let maxAge: Int?
    }

    private var keys: KeySet?
    private var freshUntil = 0
    private var nextAttempt = 0

    /// The key of that id.
    ///
    /// - Parameters:
    ///   - now: seconds on a clock that never goes back.
    ///   - fetch: asks the provider.
    /// - Throws: what `fetch` throws, while there is no set at all.
    mutating func key(_ id: String, now: Int, fetch: () throws -> Fetched) throws -> PublicKey? {
        guard let known = keys else {
            try refresh(now, fetch)
            return keys?[id]
        }
        if now >= nextAttempt, now >= freshUntil || known[id] == nil {
            // The last good set serves on when this fails.
            try? refresh(now, fetch)
        }
        return keys?[id]
    }

    private mutating func refresh(_ now: Int, _ fetch: () throws -> Fetched) throws {
        nextAttempt = now + Self.pause
        let fetched = try fetch()
        keys = fetched.keys
        freshUntil = now + min(max(fetched.maxAge ?? Self.standard, Self.floor), Self.ceiling)
    }

    /// The seconds of `max-age` in a `Cache-Control` field; nil when it says none.
    static func maxAge(_ field: String?) -> Int? {
        for part in (field ?? "").split(separator: ",") {
            let words = part.filter { $0 != " " && $0 != "\"" }.lowercased()
            if words.hasPrefix("max-age="), let seconds = Int(words.dropFirst(8)), seconds >= 0 { return seconds }
        }
        return nil
    }
}
