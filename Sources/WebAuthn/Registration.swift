import Crypto

/// A registration ceremony as the server began it: "Registering a New Credential" (7.1).
///
/// Numbers in comments are the steps of Web Authentication Level 3, section 7.1. Steps 1 to 4 are the page's: it calls
/// the browser and sends what that returns.
///
/// ```swift
/// let party = RelyingParty(id: "example.org", origins: ["https://example.org"])
/// let registration = Registration(challenge: .bytes(challenge), relyingParty: party, time: now)
/// let credential = try registration.verify(RegistrationAnswer(json))
/// let record = credential.record(userHandle: handle)
/// ```
public struct Registration: Sendable {
    public var challenge: ExpectedChallenge
    public var relyingParty: RelyingParty
    public var userVerification: UserVerification
    /// The algorithms that were offered; no other is taken.
    public var algorithms: [COSEAlgorithm]
    public var attestation: AttestationPolicy
    /// Whether the browser was asked to create the credential by the way (`mediation: conditional`), without a touch.
    public var isConditional: Bool
    /// Unix seconds: at this time certificates must be valid.
    public var time: Int64

    public init(
        challenge: ExpectedChallenge, relyingParty: RelyingParty, userVerification: UserVerification = .required,
        algorithms: [COSEAlgorithm] = COSEAlgorithm.recommended, attestation: AttestationPolicy = .none,
        isConditional: Bool = false, time: Int64
    ) {
        self.challenge = challenge
        self.relyingParty = relyingParty
        self.userVerification = userVerification
        self.algorithms = algorithms
        self.attestation = attestation
        self.isConditional = isConditional
        self.time = time
    }

    /// Verifies an answer. The caller still owes steps 26 (no user has this credential ID yet) and 29 (store it), in one
    /// transaction.
    public func verify(_ answer: RegistrationAnswer) throws(WebAuthnRefusal) -> RegisteredCredential {
        // 5, 6: the client data were parsed when the answer was read.
        // 7, 8, 9, 10, 11
        try answer.clientData.check(type: "webauthn.create", challenge, relyingParty)
        // 12: the hash was taken when the answer was read.
        // 13
        let object = try AttestationObject(answer.attestationObject)
        let data = object.authenticatorData
        // 14, 15, 16, 17
        try data.check(relyingParty, userVerification, needsPresence: !isConditional)
        // 18, 19: whether a credential may be backed up decides nothing here; both flags are part of the result.
        guard let credential = data.credential else {
            throw WebAuthnRefusal(.malformedAuthenticatorData, "no attested credential")
        }
        guard credential.id == answer.credentialID else { throw WebAuthnRefusal(.wrongCredential, "rawId differs") }
        let key = try COSEKey(credential.publicKey)
        // 20
        guard algorithms.contains(key.algorithm) else {
            throw WebAuthnRefusal(.algorithmNotOffered, "\(key.algorithm)")
        }
        guard key.key.isSound() else { throw WebAuthnRefusal(.unsoundPublicKey, "\(key.algorithm)") }
        // 21, 22, 23, 24
        let outcome = try attestation.assess(
            object, of: credential, key, clientDataHash: answer.clientData.hash, at: time)
        // 25: `AuthenticatorData` takes no ID over 1,023 bytes.
        // 26: the caller's, see above.
        // 27
        return RegisteredCredential(
            id: credential.id, publicKey: credential.publicKey, algorithm: key.algorithm, signCount: data.signCount,
            isUserVerified: data.flags.contains(.userVerified),
            isBackupEligible: data.flags.contains(.backupEligible), isBackedUp: data.flags.contains(.backedUp),
            aaguid: credential.aaguid, transports: answer.transports, attachment: answer.attachment,
            isDiscoverable: answer.isDiscoverable, attestation: outcome)
        // 28: of the extensions only `credProps` is read; 29: the caller's.
    }
}

/// A new credential to store. Nothing of it depends on trust in the authenticator, ``attestation`` apart.
public struct RegisteredCredential: Sendable, Equatable {
    /// 1 to 1,023 bytes.
    public let id: [UInt8]
    /// COSE form, as the authenticator wrote it.
    public let publicKey: [UInt8]
    public let algorithm: COSEAlgorithm
    public let signCount: UInt32
    /// UV; the first value of ``CredentialRecord/isUserVerificationInitialized``.
    public let isUserVerified: Bool
    public let isBackupEligible: Bool
    public let isBackedUp: Bool
    /// 16 bytes that name the model; zeros when it wants no name. Proven only with a trusted attestation.
    public let aaguid: [UInt8]
    public let transports: [String]
    public let attachment: AuthenticatorAttachment?
    public let isDiscoverable: Bool?
    public let attestation: AttestationOutcome

    /// What to store for a user.
    public func record(userHandle: [UInt8]) -> CredentialRecord {
        CredentialRecord(
            id: id, publicKey: publicKey, signCount: signCount, userHandle: userHandle,
            isBackupEligible: isBackupEligible, isBackedUp: isBackedUp, isUserVerificationInitialized: isUserVerified)
    }
}
