/// A token or a key set was refused. Branch on ``reason``; ``detail`` is for the log and holds nothing of the token.
public struct TokenRefusal: Error, Sendable, Equatable {
    /// The raw values are stable: the audit log keeps them.
    public enum Reason: String, Sendable, CaseIterable {
        case malformedKeySet = "malformed_key_set"
        case malformedToken = "malformed_token"
        /// Not RS256, or a header that wants to bring its own key or rules.
        case unacceptableHeader = "unacceptable_header"
        /// The key set has no such key: it may be older than the token and may be fetched once more.
        case unknownKey = "unknown_key"
        case wrongSignature = "wrong_signature"
        case wrongIssuer = "wrong_issuer"
        case wrongAudience = "wrong_audience"
        case expired
        case notYetValid = "not_yet_valid"
        case wrongNonce = "wrong_nonce"
        case wrongAccessTokenHash = "wrong_access_token_hash"
        case malformedClaims = "malformed_claims"
    }
    public let reason: Reason
    public let detail: String

    public init(_ reason: Reason, _ detail: String = "") {
        self.reason = reason
        self.detail = detail
    }

    /// Details explain, reasons decide.
    public static func == (a: Self, b: Self) -> Bool { a.reason == b.reason }
}
