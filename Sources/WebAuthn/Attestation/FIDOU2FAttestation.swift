import Crypto

extension AttestationStatement {
    /// The format of security keys older than FIDO2 (8.6). The AAGUID is not asked to be zero: the procedure does not.
    func verifyFIDOU2F() throws(WebAuthnRefusal) -> StatementProof {
        try checkMembers(["sig", "x5c"])
        guard members["x5c"]?.arrayValue?.count == 1 else {
            throw WebAuthnRefusal(.malformedAttestationStatement, "x5c has not one element")
        }
        let chain = try certificates()
        guard case .elliptic(.p256, _)? = chain.leafKey, let certified = chain.leafKey else {
            throw WebAuthnRefusal(.wrongAttestationCertificate, "not a key of P-256")
        }
        guard case .elliptic(.p256, let point) = key.key else {
            throw WebAuthnRefusal(.wrongAttestationContent, "not a credential of P-256")
        }
        let signed = [0] + relyingPartyHash + clientDataHash + credential.id + point
        guard certified.verifies(try bytes("sig"), of: signed, .ecdsa(.sha256)) else {
            throw WebAuthnRefusal(.wrongAttestationSignature)
        }
        return .certified(chain)
    }
}
