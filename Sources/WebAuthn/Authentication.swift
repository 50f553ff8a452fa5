import Crypto

/// An authentication ceremony as the server began it: "Verifying an Authentication Assertion" (7.2).
///
/// Numbers in comments are the steps of Web Authentication Level 3, section 7.2. Steps 1 to 4 are the page's.
///
/// ```swift
/// let authentication = Authentication(challenge: .bytes(challenge), relyingParty: party)
/// let seen = try authentication.verify(AuthenticationAnswer(json), against: record)
/// ```
public struct Authentication: Sendable {
    public var challenge: ExpectedChallenge
    public var relyingParty: RelyingParty
    public var userVerification: UserVerification
    /// The credentials that were asked for; empty when any discoverable one would do.
    public var allowedCredentials: [[UInt8]]
    /// Whose credential it must be, when the user was known before; nil when the credential names the user. In that case
    /// the authenticator must have said whose it is.
    public var userHandle: [UInt8]?

    public init(
        challenge: ExpectedChallenge, relyingParty: RelyingParty, userVerification: UserVerification = .required,
        allowedCredentials: [[UInt8]] = [], userHandle: [UInt8]? = nil
    ) {
        self.challenge = challenge
        self.relyingParty = relyingParty
        self.userVerification = userVerification
        self.allowedCredentials = allowedCredentials
        self.userHandle = userHandle
    }

    /// Verifies an answer against the stored credential with ``AuthenticationAnswer/credentialID``. The caller stores
    /// the result (step 24).
    public func verify(
        _ answer: AuthenticationAnswer, against record: CredentialRecord
    ) throws(WebAuthnRefusal) -> AuthenticatedCredential {
        // 5
        guard record.id == answer.credentialID,
            allowedCredentials.isEmpty || allowedCredentials.contains(answer.credentialID)
        else { throw WebAuthnRefusal(.wrongCredential) }
        // 6
        if let userHandle {
            guard record.userHandle == userHandle else { throw WebAuthnRefusal(.wrongUserHandle, "stored") }
        } else if answer.userHandle == nil {
            throw WebAuthnRefusal(.missingUserHandle)
        }
        guard answer.userHandle.map({ $0 == record.userHandle }) ?? true else {
            throw WebAuthnRefusal(.wrongUserHandle, "answered")
        }
        // 7, 8, 9: the client data were parsed when the answer was read.
        // 10, 11, 12, 13, 14
        try answer.clientData.check(type: "webauthn.get", challenge, relyingParty)
        // 15, 16, 17, 18
        let data = try AuthenticatorData(answer.assertion.authenticatorData)
        guard data.credential == nil else {
            throw WebAuthnRefusal(.malformedAuthenticatorData, "an attested credential in an assertion")  // 6.1
        }
        try data.check(relyingParty, userVerification, needsPresence: true)
        // 19
        guard data.flags.contains(.backupEligible) == record.isBackupEligible else {
            throw WebAuthnRefusal(.changedBackupEligibility)
        }
        // 20, 21
        guard try answer.assertion.isSigned(by: record.publicKey) else { throw WebAuthnRefusal(.wrongSignature) }
        // 22: two zeros are never a regression; synced passkeys stay at zero. Else a copy of the authenticator may be about,
        // or two ceremonies were answered in the other order.
        guard data.signCount > record.signCount || (data.signCount == 0 && record.signCount == 0) else {
            throw WebAuthnRefusal(.signCountRegression, "\(data.signCount) after \(record.signCount)")
        }
        // 23: no extension is asked for that would say anything here.
        // 24, 25
        let isUserVerified = data.flags.contains(.userVerified)
        return AuthenticatedCredential(
            record: CredentialRecord(
                id: record.id, publicKey: record.publicKey, signCount: data.signCount,
                userHandle: record.userHandle, isBackupEligible: record.isBackupEligible,
                isBackedUp: data.flags.contains(.backedUp),
                isUserVerificationInitialized: record.isUserVerificationInitialized || isUserVerified),
            isUserVerified: isUserVerified, attachment: answer.attachment)
    }
}

/// A verified sign-in.
public struct AuthenticatedCredential: Sendable, Equatable {
    /// The credential as it is to be stored now: with the new counter and backup state.
    public let record: CredentialRecord
    /// UV, of this ceremony.
    public let isUserVerified: Bool
    public let attachment: AuthenticatorAttachment?
}
