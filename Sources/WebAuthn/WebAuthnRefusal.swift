/// A ceremony was refused. Branch on ``reason``; ``detail`` is for the audit log, never for the user.
///
/// Nothing in it is secret: no challenge, no signature, no key.
public struct WebAuthnRefusal: Error, Sendable, Equatable {
    public let reason: RefusalReason
    /// What exactly, in at most 120 letters of plain ASCII; may be empty.
    public let detail: String

    /// Names that an attacker chose may be part of `detail`: what is long or not plain text is left out.
    public init(_ reason: RefusalReason, _ detail: String = "") {
        self.reason = reason
        let plain = detail.utf8.lazy.filter { 0x20..<0x7F ~= $0 }.prefix(120)
        self.detail = String(decoding: Array(plain), as: UTF8.self)
    }

    /// What the user may be told.
    public var publicCode: PublicRefusal { reason.publicCode }

    /// Details explain, reasons decide.
    public static func == (a: Self, b: Self) -> Bool { a.reason == b.reason }
}

/// Why a ceremony was refused. The raw values are stable: the audit log keeps them.
public enum RefusalReason: String, Sendable, CaseIterable {
    // The answer cannot be read.
    case malformedResponse = "malformed_response"
    case malformedClientData = "malformed_client_data"
    case malformedAttestationObject = "malformed_attestation_object"
    case malformedAuthenticatorData = "malformed_authenticator_data"
    case malformedPublicKey = "malformed_public_key"
    // The client data are not of this ceremony.
    case wrongType = "wrong_type"
    case wrongChallenge = "wrong_challenge"
    case wrongOrigin = "wrong_origin"
    case crossOrigin = "cross_origin"
    case wrongTopOrigin = "wrong_top_origin"
    // The authenticator data say no.
    case wrongRelyingParty = "wrong_relying_party"
    case userNotPresent = "user_not_present"
    case userNotVerified = "user_not_verified"
    case impossibleBackupState = "impossible_backup_state"
    case changedBackupEligibility = "changed_backup_eligibility"
    // The key, and whose it is.
    case algorithmNotOffered = "algorithm_not_offered"
    case unsoundPublicKey = "unsound_public_key"
    case wrongCredential = "wrong_credential"
    case missingUserHandle = "missing_user_handle"
    case wrongUserHandle = "wrong_user_handle"
    case wrongSignature = "wrong_signature"
    case signCountRegression = "sign_count_regression"
    // The attestation.
    case unsupportedAttestationFormat = "unsupported_attestation_format"
    case malformedAttestationStatement = "malformed_attestation_statement"
    case wrongAttestationSignature = "wrong_attestation_signature"
    case wrongAttestationCertificate = "wrong_attestation_certificate"
    case wrongAttestationContent = "wrong_attestation_content"
    case untrustedAttestation = "untrusted_attestation"
}

/// The few things an honest user can act on. Everything an attacker might learn from is ``rejected``.
public enum PublicRefusal: String, Sendable, CaseIterable {
    /// The request is not what a browser sends: a fault of the page, or no browser.
    case malformed = "PASSKEY_MALFORMED"
    /// The challenge is not the expected one any more: begin again.
    case expired = "PASSKEY_EXPIRED"
    /// This authenticator, its algorithm or its attestation cannot be used here: take another.
    case unsupported = "PASSKEY_UNSUPPORTED"
    /// The authenticator did not ask for a fingerprint, a face or a PIN, and had to.
    case userVerificationRequired = "PASSKEY_USER_VERIFICATION_REQUIRED"
    case rejected = "PASSKEY_REJECTED"
}

extension RefusalReason {
    public var publicCode: PublicRefusal {
        switch self {
        case .malformedResponse, .malformedClientData, .malformedAttestationObject, .malformedAuthenticatorData,
            .malformedPublicKey, .malformedAttestationStatement:
            .malformed
        case .wrongChallenge: .expired
        case .algorithmNotOffered, .unsoundPublicKey, .unsupportedAttestationFormat, .wrongAttestationSignature,
            .wrongAttestationCertificate, .wrongAttestationContent, .untrustedAttestation:
            .unsupported
        case .userNotVerified: .userVerificationRequired
        case .wrongType, .wrongOrigin, .crossOrigin, .wrongTopOrigin, .wrongRelyingParty, .userNotPresent,
            .impossibleBackupState, .changedBackupEligibility, .wrongCredential, .missingUserHandle, .wrongUserHandle,
            .wrongSignature, .signCountRegression:
            .rejected
        }
    }
}
