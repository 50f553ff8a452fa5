import Crypto

extension AttestationStatement {
    /// The packed format (8.2): signed with a certified key, or with the credential's own.
    func verifyPacked() throws(WebAuthnRefusal) -> StatementProof {
        guard members["x5c"] != nil else { return try verifyPackedSelf() }
        try checkMembers(["alg", "sig", "x5c"])
        let number = try algorithm()
        let signature = try bytes("sig")
        let chain = try certificates()
        guard let algorithm = COSEAlgorithm(rawValue: number), let certified = chain.leafKey else {
            throw WebAuthnRefusal(.wrongAttestationSignature, "algorithm \(number)")
        }
        guard certified.verifies(signature, of: signedBytes, algorithm.scheme) else {
            throw WebAuthnRefusal(.wrongAttestationSignature)
        }
        try checkPackedCertificate(chain)
        try checkModel(chain)
        return .certified(chain)
    }

    private func verifyPackedSelf() throws(WebAuthnRefusal) -> StatementProof {
        try checkMembers(["alg", "sig"])
        guard try algorithm() == key.algorithm.rawValue else {
            throw WebAuthnRefusal(.wrongAttestationContent, "alg is not the credential's")
        }
        guard key.verifies(try bytes("sig"), of: signedBytes) else { throw WebAuthnRefusal(.wrongAttestationSignature) }
        return .selfAttested
    }

    /// 8.2.1
    private func checkPackedCertificate(_ chain: borrowing CertificateChain) throws(WebAuthnRefusal) {
        guard chain.leafVersion == 3 else { throw WebAuthnRefusal(.wrongAttestationCertificate, "version") }
        let country = chain.leafSubject(ObjectID.country)
        guard country.count == 1, country[0].utf8.count == 2,
            country[0].utf8.allSatisfy({ UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 & 0xDF }),
            chain.leafSubject(ObjectID.organization).contains(where: { !$0.isEmpty }),
            chain.leafSubject(ObjectID.organizationalUnit) == ["Authenticator Attestation"],
            chain.leafSubject(ObjectID.commonName).contains(where: { !$0.isEmpty })
        else { throw WebAuthnRefusal(.wrongAttestationCertificate, "subject") }
        guard chain.leafIsAuthority == false else {
            throw WebAuthnRefusal(.wrongAttestationCertificate, "basic constraints")
        }
    }
}

extension AttestationStatement {
    /// The certificate may name the model (id-fido-gen-ce-aaguid); then it must be this one.
    func checkModel(_ chain: borrowing CertificateChain) throws(WebAuthnRefusal) {
        guard let model = chain.leafExtension(ObjectID.aaguid) else { return }
        // An octet string inside the extension's own, of 16 bytes.
        guard !model.isCritical, model.value == [0x04, 0x10] + credential.aaguid else {
            throw WebAuthnRefusal(.wrongAttestationCertificate, "AAGUID")
        }
    }
}

/// X.509 types, dotted decimal.
enum ObjectID {
    static let commonName = "2.5.4.3"
    static let country = "2.5.4.6"
    static let organization = "2.5.4.10"
    static let organizationalUnit = "2.5.4.11"
    static let subjectAlternativeName = "2.5.29.17"
    static let extendedKeyUsage = "2.5.29.37"
    static let androidKeyDescription = "1.3.6.1.4.1.11129.2.1.17"
    static let appleNonce = "1.2.840.113635.100.8.2"
    /// id-fido-gen-ce-aaguid
    static let aaguid = "1.3.6.1.4.1.45724.1.1.4"
}
