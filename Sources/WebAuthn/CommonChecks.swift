/// Checks that registration and authentication share; the numbers are the steps of 7.1 and of 7.2.
extension ClientData {
    func check(
        type expectedType: String, _ expectedChallenge: ExpectedChallenge, _ relyingParty: RelyingParty
    ) throws(WebAuthnRefusal) {
        // 7.1 step 7, 7.2 step 10
        guard type == expectedType else { throw WebAuthnRefusal(.wrongType) }
        // 7.1 step 8, 7.2 step 11
        guard expectedChallenge.matches(challenge) else { throw WebAuthnRefusal(.wrongChallenge) }
        // 7.1 step 9, 7.2 step 12. Unicode would call different letters equal; origins are compared by their bytes.
        guard relyingParty.origins.contains(where: { $0.utf8.elementsEqual(origin.utf8) }) else {
            throw WebAuthnRefusal(.wrongOrigin)
        }
        // 7.1 step 10, 7.2 step 13
        if isCrossOrigin, !relyingParty.allowsCrossOrigin { throw WebAuthnRefusal(.crossOrigin) }
        // 7.1 step 11, 7.2 step 14
        if let topOrigin {
            guard relyingParty.allowsCrossOrigin else { throw WebAuthnRefusal(.crossOrigin) }
            guard relyingParty.topOrigins.contains(where: { $0.utf8.elementsEqual(topOrigin.utf8) }) else {
                throw WebAuthnRefusal(.wrongTopOrigin)
            }
        }
    }
}

extension AuthenticatorData {
    func check(
        _ relyingParty: RelyingParty, _ userVerification: UserVerification, needsPresence: Bool
    ) throws(WebAuthnRefusal) {
        // 7.1 step 14, 7.2 step 15
        guard relyingPartyHash == relyingParty.idHash else { throw WebAuthnRefusal(.wrongRelyingParty) }
        // 7.1 step 15, 7.2 step 16
        guard !needsPresence || flags.contains(.userPresent) else { throw WebAuthnRefusal(.userNotPresent) }
        // 7.1 step 16, 7.2 step 17
        guard userVerification != .required || flags.contains(.userVerified) else {
            throw WebAuthnRefusal(.userNotVerified)
        }
        // 7.1 step 17, 7.2 step 18
        guard flags.contains(.backupEligible) || !flags.contains(.backedUp) else {
            throw WebAuthnRefusal(.impossibleBackupState)
        }
    }
}
