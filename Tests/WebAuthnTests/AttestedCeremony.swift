import Crypto
import JSON

@testable import WebAuthn

/// A registration whose attestation can be wrong in any one way. A format's `make` fills in what is right.
struct AttestedCeremony: ~Copyable {
    let authenticator: Authenticator
    let rootKey = PrivateKey(.elliptic(.p384))
    let attestationKey: PrivateKey
    let clientData = Authenticator.clientData(type: "webauthn.create")
    var template = CertificateTemplate()
    /// Certified; nil is the attestation key's own public half.
    var certifiedKey: PublicKey?

    init(_ algorithm: COSEAlgorithm = .es256, attestedWith kind: PrivateKey.Kind = .elliptic(.p256)) {
        authenticator = Authenticator(algorithm)
        attestationKey = PrivateKey(kind)
    }

    var clientDataHash: [UInt8] { Digest.sha256(clientData) }
    var data: [UInt8] { Authenticator.authenticatorData(flags: 0x45, then: authenticator.attestedCredential()) }
    var signedBytes: [UInt8] { data + clientDataHash }

    var root: [UInt8] { CertificateTemplate.root().certificate(for: rootKey.publicKey, by: rootKey) }

    func leaf() -> [UInt8] {
        template.certificate(for: certifiedKey ?? attestationKey.publicKey, by: rootKey)
    }

    func answer(_ format: String, _ members: [(String, [UInt8])]) -> Value {
        let statement = Encode.map(members.map { (Encode.text($0.0), $0.1) })
        return authenticator.registration(clientData, Authenticator.attestationObject(format, statement, data))
    }

    /// What registering makes of it: the outcome's kind, or the refusal's reason.
    func outcome(
        _ format: String, _ members: [(String, [UInt8])], policy: AttestationPolicy = .none
    ) -> String {
        var ceremony = Registration([authenticator.algorithm])
        ceremony.attestation = policy
        do throws(WebAuthnRefusal) {
            let result = try ceremony.verify(try RegistrationAnswer(answer(format, members))).attestation
            return result.isTrusted ? "trusted" : result.kind.rawValue
        } catch {
            return "\(error.reason.rawValue) \(error.detail)".trimmingSpace
        }
    }
}

extension String {
    fileprivate var trimmingSpace: String { hasSuffix(" ") ? String(dropLast()) : self }
}
