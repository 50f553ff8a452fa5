import Crypto

/// What is asked of the statement about an authenticator's make (7.1 steps 21 to 24).
///
/// ``none`` by default: no make is asked for. Browsers then replace what an authenticator says by the format `none` or by
/// a self attestation. A statement that does come is verified all the same, and a wrong one refused; only whether its
/// certificates lead to anyone we trust is not asked.
public struct AttestationPolicy: Sendable {
    /// Certificates that one must lead to; nil when none need.
    let anchors: TrustAnchors?
    /// Whether a TPM may sign its statement with RS1, which many do. It is a signature with SHA-1, so by default no;
    /// a credential itself never has that algorithm.
    public var acceptsSHA1FromTPM = false

    public static let none = AttestationPolicy(anchors: nil)
    /// Only authenticators whose certificates lead to one of `anchors`; `none` and self attestation are refused.
    public static func trusted(_ anchors: TrustAnchors) -> AttestationPolicy {
        AttestationPolicy(anchors: anchors)
    }
}

/// What is known about the make of an authenticator.
public struct AttestationOutcome: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// No statement was made.
        case none
        /// Signed with the credential's own key: proves nothing about the make.
        case selfAttested = "self"
        /// Signed with a certified key: basic, by an attestation CA, or by an anonymising one.
        case certified
    }
    /// The statement's format identifier, as it came: at most 32 bytes.
    public let format: String
    public let kind: Kind
    /// Whether the certificates lead to one of the policy's anchors.
    public let isTrusted: Bool
}
