/// What is stored of a credential (the standard's "credential record") and read again at every sign-in.
public struct CredentialRecord: Sendable, Equatable {
    public let id: [UInt8]
    /// The credential public key in COSE form, as the authenticator wrote it.
    public let publicKey: [UInt8]
    /// The authenticator's signature counter at the last ceremony; stays 0 where there is none.
    public let signCount: UInt32
    /// The user's handle, as it was given to the authenticator.
    public let userHandle: [UInt8]
    /// BE: whether the credential may be copied to other devices. Never changes.
    public let isBackupEligible: Bool
    /// BS: whether it was, at the last ceremony.
    public let isBackedUp: Bool
    /// Whether a ceremony with this credential ever verified the user.
    public let isUserVerificationInitialized: Bool

    public init(
        id: [UInt8], publicKey: [UInt8], signCount: UInt32, userHandle: [UInt8], isBackupEligible: Bool,
        isBackedUp: Bool, isUserVerificationInitialized: Bool
    ) {
        self.id = id
        self.publicKey = publicKey
        self.signCount = signCount
        self.userHandle = userHandle
        self.isBackupEligible = isBackupEligible
        self.isBackedUp = isBackedUp
        self.isUserVerificationInitialized = isUserVerificationInitialized
    }
}
