import Crypto

/// One attestation statement with everything its verification procedure (section 8) looks at.
struct AttestationStatement {
    let members: CBORMap
    let authenticatorData: [UInt8]
    let clientDataHash: [UInt8]
    let relyingPartyHash: [UInt8]
    let credential: AuthenticatorData.AttestedCredential
    let key: COSEKey
    let policy: AttestationPolicy

    /// What most formats sign.
    var signedBytes: [UInt8] { authenticatorData + clientDataHash }

    /// Refuses members that the format's syntax does not have.
    func checkMembers(_ required: Set<String>, optional: Set<String> = []) throws(WebAuthnRefusal) {
        let names = Set(members.entries.map { $0.key.textValue ?? "" })
        guard names.isSuperset(of: required), names.isSubset(of: required.union(optional)) else {
            throw WebAuthnRefusal(.malformedAttestationStatement, "members \(names.sorted().joined(separator: " "))")
        }
    }

    func bytes(_ name: String) throws(WebAuthnRefusal) -> [UInt8] {
        guard let bytes = members[name]?.bytesValue else {
            throw WebAuthnRefusal(.malformedAttestationStatement, "\(name) is not a byte string")
        }
        return bytes
    }

    /// The number `alg`, whatever it stands for.
    func algorithm() throws(WebAuthnRefusal) -> Int {
        guard let number = members["alg"]?.int else {
            throw WebAuthnRefusal(.malformedAttestationStatement, "alg is not an integer")
        }
        return number
    }

    /// The certificates of `x5c`, at least one.
    func certificates() throws(WebAuthnRefusal) -> CertificateChain {
        guard let elements = members["x5c"]?.arrayValue else {
            throw WebAuthnRefusal(.malformedAttestationStatement, "x5c is not an array")
        }
        let encoded = elements.compactMap(\.bytesValue)
        guard encoded.count == elements.count, let chain = CertificateChain(der: encoded) else {
            throw WebAuthnRefusal(.wrongAttestationCertificate, "x5c is not certificates")
        }
        return chain
    }
}

/// What verifying a statement has proven, before trust.
enum StatementProof: ~Copyable {
    case none
    case selfAttested
    case certified(CertificateChain)
}

extension AttestationPolicy {
    /// Steps 21 to 24 of 7.1.
    func assess(
        _ object: AttestationObject, of credential: AuthenticatorData.AttestedCredential, _ key: COSEKey,
        clientDataHash: [UInt8], at time: Int64
    ) throws(WebAuthnRefusal) -> AttestationOutcome {
        guard 1...32 ~= object.format.utf8.count else {
            throw WebAuthnRefusal(.unsupportedAttestationFormat, "\(object.format.utf8.count) bytes")
        }
        let statement = AttestationStatement(
            members: object.statement, authenticatorData: object.authenticatorDataBytes,
            clientDataHash: clientDataHash, relyingPartyHash: object.authenticatorData.relyingPartyHash,
            credential: credential, key: key, policy: self)
        // 21, 22
        let proof = try statement.verify(object.format)
        // 23, 24
        switch consume proof {
        case .none: return try unproven(object.format, .none)
        case .selfAttested: return try unproven(object.format, .selfAttested)
        case .certified(let chain):
            let isTrusted = anchors.map { chain.leads(to: $0, at: time) } ?? false
            guard isTrusted || anchors == nil else {
                throw WebAuthnRefusal(.untrustedAttestation, "no way to an anchor")
            }
            return AttestationOutcome(format: object.format, kind: .certified, isTrusted: isTrusted)
        }
    }

    private func unproven(
        _ format: String, _ kind: AttestationOutcome.Kind
    ) throws(WebAuthnRefusal) -> AttestationOutcome {
        guard anchors == nil else { throw WebAuthnRefusal(.untrustedAttestation, kind.rawValue) }
        return AttestationOutcome(format: format, kind: kind, isTrusted: false)
    }
}

extension AttestationStatement {
    /// Dispatches on the format identifier. `android-safetynet` is not supported: Google has turned the service off, and
    /// its statements expired with their certificates.
    func verify(_ format: String) throws(WebAuthnRefusal) -> StatementProof {
        switch format {
        case "none": return try verifyNone()
        case "packed": return try verifyPacked()
        case "tpm": return try verifyTPM()
        case "android-key": return try verifyAndroidKey()
        case "fido-u2f": return try verifyFIDOU2F()
        case "apple": return try verifyApple()
        default: throw WebAuthnRefusal(.unsupportedAttestationFormat, format)
        }
    }

    /// 8.7
    private func verifyNone() throws(WebAuthnRefusal) -> StatementProof {
        try checkMembers([])
        return .none
    }
}
