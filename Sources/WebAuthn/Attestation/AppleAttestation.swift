import Crypto

extension AttestationStatement {
    /// The format of Apple's platforms (8.8). Nothing is signed but the certificate, which holds the nonce.
    ///
    /// Older systems also send `alg`; the syntax has no such member, so it must at least be true.
    func verifyApple() throws(WebAuthnRefusal) -> StatementProof {
        try checkMembers(["x5c"], optional: ["alg"])
        if members["alg"] != nil, try algorithm() != key.algorithm.rawValue {
            throw WebAuthnRefusal(.wrongAttestationContent, "alg is not the credential's")
        }
        let chain = try certificates()
        // SEQUENCE { [1] EXPLICIT OCTET STRING of 32 bytes }
        let nonce = Digest.sha256(signedBytes)
        guard chain.leafExtension(ObjectID.appleNonce)?.value == [0x30, 0x24, 0xA1, 0x22, 0x04, 0x20] + nonce else {
            throw WebAuthnRefusal(.wrongAttestationContent, "nonce")
        }
        guard chain.leafKey == key.key else {
            throw WebAuthnRefusal(.wrongAttestationContent, "the certificate's key is not the credential's")
        }
        return .certified(chain)
    }
}
