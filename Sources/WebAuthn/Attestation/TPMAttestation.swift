import Crypto

extension AttestationStatement {
    /// The format of trusted platform modules (8.3).
    ///
    /// `sig` is the bare signature, as every platform sends it, not the TPMT_SIGNATURE the text names. The manufacturer
    /// in the certificate may be anyone: a register of them would only repeat what trust anchors say.
    func verifyTPM() throws(WebAuthnRefusal) -> StatementProof {
        try checkMembers(["ver", "alg", "sig", "x5c", "certInfo", "pubArea"])
        guard members["ver"]?.textValue == "2.0" else {
            throw WebAuthnRefusal(.malformedAttestationStatement, "ver is not 2.0")
        }
        let encodedArea = try bytes("pubArea")
        let encodedCertification = try bytes("certInfo")
        guard let area = TPMPublicArea(encodedArea) else {
            throw WebAuthnRefusal(.malformedAttestationStatement, "pubArea")
        }
        guard area.key == key.key else {
            throw WebAuthnRefusal(.wrongAttestationContent, "pubArea is not the credential's key")
        }
        guard let certification = TPMCertification(encodedCertification) else {
            throw WebAuthnRefusal(.malformedAttestationStatement, "certInfo")
        }
        let scheme = try tpmScheme()
        guard let function = scheme.hashFunction,
            certification.extraData == Digest.hash(signedBytes, with: function)
        else { throw WebAuthnRefusal(.wrongAttestationContent, "extraData") }
        guard let nameFunction = TPMAlgorithm.hash(area.nameAlgorithm),
            nameFunction != .sha1 || policy.acceptsSHA1FromTPM,
            certification.name
                == [UInt8(area.nameAlgorithm >> 8), UInt8(area.nameAlgorithm & 255)]
                + Digest.hash(encodedArea, with: nameFunction)
        else { throw WebAuthnRefusal(.wrongAttestationContent, "name") }
        let chain = try certificates()
        guard let certified = chain.leafKey, certified.verifies(try bytes("sig"), of: encodedCertification, scheme)
        else {
            throw WebAuthnRefusal(.wrongAttestationSignature)
        }
        try checkTPMCertificate(chain)
        try checkModel(chain)
        return .certified(chain)
    }

    private func tpmScheme() throws(WebAuthnRefusal) -> SignatureScheme {
        let number = try algorithm()
        if number == rs1, policy.acceptsSHA1FromTPM { return .rsaPKCS1(.sha1) }
        guard let algorithm = COSEAlgorithm(rawValue: number) else {
            throw WebAuthnRefusal(.wrongAttestationSignature, "algorithm \(number)")
        }
        return algorithm.scheme
    }

    /// 8.3.1
    private func checkTPMCertificate(_ chain: borrowing CertificateChain) throws(WebAuthnRefusal) {
        guard chain.leafVersion == 3 else { throw WebAuthnRefusal(.wrongAttestationCertificate, "version") }
        guard !chain.leafHasSubject else { throw WebAuthnRefusal(.wrongAttestationCertificate, "subject") }
        // Critical, because it stands for the subject.
        guard let names = chain.leafExtension(ObjectID.subjectAlternativeName), names.isCritical,
            namesTPM(names.value)
        else { throw WebAuthnRefusal(.wrongAttestationCertificate, "subject alternative name") }
        guard let usage = chain.leafExtension(ObjectID.extendedKeyUsage)?.value,
            let purposes = DERElement.only(in: usage)?.elements,
            purposes.contains(where: { $0.isUniversal(.objectID) && $0.content.elementsEqual(attestationIdentityKey) })
        else { throw WebAuthnRefusal(.wrongAttestationCertificate, "extended key usage") }
        guard chain.leafIsAuthority == false else {
            throw WebAuthnRefusal(.wrongAttestationCertificate, "basic constraints")
        }
    }

    /// Whether a directory name gives the TPM's manufacturer, model and version (EK Credential Profile, 3.2.9), in one
    /// relative name or several.
    private func namesTPM(_ names: [UInt8]) -> Bool {
        let directories = (DERElement.only(in: names)?.elements ?? []).filter {
            $0.tagClass == .contextSpecific && $0.number == 4
        }
        let attributes = directories.flatMap { $0.elements?.first?.elements ?? [] }.flatMap { $0.elements ?? [] }
        let types = attributes.compactMap { attribute -> ArraySlice<UInt8>? in
            guard let pair = attribute.elements, pair.count == 2, !pair[1].content.isEmpty else { return nil }
            return pair[0].content
        }
        return tpmNameTypes.allSatisfy { wanted in types.contains { $0.elementsEqual(wanted) } }
    }
}

/// COSE's number of RSASSA-PKCS1-v1_5 with SHA-1.
private let rs1 = -65535

/// 2.23.133.8.3 (tcg-kp-AIKCertificate), and manufacturer, model and version: 2.23.133.2.1 to 3.
private let attestationIdentityKey: [UInt8] = [0x67, 0x81, 0x05, 0x08, 0x03]
private let tpmNameTypes: [[UInt8]] = (1...3).map { [0x67, 0x81, 0x05, 0x02, $0] }

extension SignatureScheme {
    /// Nil for schemes that do not hash first.
    fileprivate var hashFunction: HashFunction? {
        switch self {
        case .ecdsa(let function), .rsaPKCS1(let function), .rsaPSS(let function): function
        case .eddsa, .moduleLattice: nil
        }
    }
}
