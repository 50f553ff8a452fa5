import Crypto
import Testing

@testable import WebAuthn

@Suite struct TPMAttestationTests {
    /// What a TPM says, every part of it to be changed.
    struct Statement {
        var magic: [UInt8] = [0xFF, 0x54, 0x43, 0x47]
        var type: [UInt8] = [0x80, 0x17]
        var extraData: [UInt8]
        var nameAlgorithm: [UInt8] = [0x00, 0x0B]
        var area: [UInt8]
        var name: [UInt8]?
        var tail: [UInt8] = []
        var version = "2.0"
        var algorithm = -7

        static func sized(_ bytes: [UInt8]) -> [UInt8] {
            [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
        }

        var certification: [UInt8] {
            let digest = Digest.hash(area, with: nameAlgorithm == [0, 4] ? .sha1 : .sha256)
            let name = self.name ?? nameAlgorithm + digest
            return magic + type + Self.sized([1, 2, 3]) + Self.sized(extraData) + [UInt8](repeating: 0x33, count: 25)
                + Self.sized(name) + Self.sized([4, 5]) + tail
        }

        /// TPMT_PUBLIC of a key that signs.
        static func area(_ key: PublicKey, nameAlgorithm: [UInt8] = [0x00, 0x0B]) -> [UInt8] {
            let attributes: [UInt8] = [0, 6, 4, 0x72]
            switch key {
            case .elliptic(let curve, let point):
                let half = curve.fieldBytes
                // No symmetric algorithm, ECDSA with SHA-256, the curve, no derivation.
                let parameters: [UInt8] = [
                    0, 0x10, 0, 0x18, 0, 0x0B, 0, curve == .p256 ? 3 : curve == .p384 ? 4 : 5, 0, 0x10,
                ]
                return [0, 0x23] + nameAlgorithm + attributes + sized([9, 9]) + parameters
                    + sized(Array(point[1...half])) + sized(Array(point[(half + 1)...]))
            case .rsa(let modulus, _):
                // No symmetric algorithm, RSASSA with SHA-256, 2,048 bits, the usual exponent.
                return [0, 0x01] + nameAlgorithm + attributes + sized([])
                    + [0, 0x10, 0, 0x14, 0, 0x0B, 0x08, 0x00, 0, 0, 0, 0] + sized(modulus)
            default: fatalError("no such key in a TPM")
            }
        }
    }

    static let directory = ASN1.sequence(
        ASN1.tagged(
            4,
            CertificateTemplate.name([
                ("2.23.133.2.1", "id:FFFFF1D0"), ("2.23.133.2.2", "Model"), ("2.23.133.2.3", "id:13"),
            ])))
    static let identityKey = ASN1.sequence(ASN1.objectID("2.23.133.8.3"))

    static func outcome(
        _ algorithm: COSEAlgorithm = .es256, attestedWith kind: PrivateKey.Kind = .elliptic(.p256),
        scheme: SignatureScheme = .ecdsa(.sha256), acceptsSHA1: Bool = false,
        _ change: (inout Statement, inout AttestedCeremony) -> Void = { _, _ in }
    ) -> String {
        var ceremony = AttestedCeremony(algorithm, attestedWith: kind)
        ceremony.template.subject = []
        ceremony.template.extensions = [
            ("2.5.29.17", true, directory), ("2.5.29.37", false, identityKey),
        ]
        var statement = Statement(
            extraData: Digest.sha256(ceremony.signedBytes), area: Statement.area(ceremony.authenticator.key.publicKey))
        change(&statement, &ceremony)
        let certification = statement.certification
        let signature = ceremony.attestationKey.sign(certification, scheme)!
        var policy = AttestationPolicy.none
        policy.acceptsSHA1FromTPM = acceptsSHA1
        return ceremony.outcome(
            "tpm",
            [
                ("alg", Encode.int(statement.algorithm)), ("sig", Encode.bytes(signature)),
                ("ver", Encode.text(statement.version)), ("x5c", Encode.array([Encode.bytes(ceremony.leaf())])),
                ("pubArea", Encode.bytes(statement.area)), ("certInfo", Encode.bytes(certification)),
            ], policy: policy)
    }

    @Test(arguments: [COSEAlgorithm.es256, .es384, .es512, .rs256])
    func `accepts what a TPM certifies`(algorithm: COSEAlgorithm) {
        #expect(Self.outcome(algorithm) == "certified")
    }

    @Test func `accepts SHA-1 only where policy does`() {
        func outcome(accepts: Bool) -> String {
            Self.outcome(attestedWith: .rsa(bits: 2048), scheme: .rsaPKCS1(.sha1), acceptsSHA1: accepts) {
                $0.algorithm = -65535
                $0.extraData = Digest.hash($1.signedBytes, with: .sha1)
            }
        }
        #expect(outcome(accepts: true) == "certified")
        #expect(outcome(accepts: false) == "wrong_attestation_signature algorithm -65535")
        func named(accepts: Bool) -> String {
            Self.outcome(acceptsSHA1: accepts) { statement, ceremony in
                statement.nameAlgorithm = [0, 4]
                statement.area = Statement.area(ceremony.authenticator.key.publicKey, nameAlgorithm: [0, 4])
            }
        }
        #expect(named(accepts: true) == "certified")
        #expect(named(accepts: false) == "wrong_attestation_content name")
    }

    @Test(arguments: [
        ("magic", "malformed_attestation_statement certInfo"), ("type", "malformed_attestation_statement certInfo"),
        ("tail", "malformed_attestation_statement certInfo"), ("extra data", "wrong_attestation_content extraData"),
        ("name", "wrong_attestation_content name"), ("name algorithm", "wrong_attestation_content name"),
        ("area of another key", "wrong_attestation_content pubArea is not the credential's key"),
        ("longer area", "malformed_attestation_statement pubArea"),
        ("cut area", "malformed_attestation_statement pubArea"),
        ("area of a keyed hash", "malformed_attestation_statement pubArea"),
        ("unknown curve", "malformed_attestation_statement pubArea"),
        ("version", "malformed_attestation_statement ver is not 2.0"),
        ("other key", "wrong_attestation_signature"), ("EdDSA", "wrong_attestation_content extraData"),
    ])
    func `refuses other statements`(change: String, outcome: String) {
        let found = Self.outcome { statement, ceremony in
            switch change {
            case "magic": statement.magic[3] = 0x48
            case "type": statement.type[1] = 0x18
            case "tail": statement.tail = [0]
            case "extra data": statement.extraData[0] ^= 1
            case "name": statement.name = [0, 0x0B] + Digest.sha256(statement.area + [0])
            case "name algorithm": statement.name = [0, 0x0C] + Digest.sha256(statement.area)
            case "area of another key": statement.area = Statement.area(ceremony.attestationKey.publicKey)
            case "longer area": statement.area.append(0)
            case "cut area": statement.area.removeLast()
            case "area of a keyed hash": statement.area[1] = 0x08
            case "unknown curve": statement.area[21] = 9
            case "version": statement.version = "1.2"
            case "EdDSA": statement.algorithm = -8
            default: ceremony.certifiedKey = ceremony.rootKey.publicKey
            }
        }
        #expect(found == outcome)
    }

    @Test(arguments: [
        ("version 1", "version"), ("subject", "subject"), ("no name", "subject alternative name"),
        ("uncritical name", "subject alternative name"), ("name without model", "subject alternative name"),
        ("empty model", "subject alternative name"), ("name in DNS", "subject alternative name"),
        ("no usage", "extended key usage"), ("other usage", "extended key usage"), ("authority", "basic constraints"),
        ("other model", "AAGUID"),
    ])
    func `refuses certificates against the requirements`(change: String, detail: String) {
        func names(_ attributes: [(String, String)]) -> (String, Bool, [UInt8]) {
            ("2.5.29.17", true, ASN1.sequence(ASN1.tagged(4, CertificateTemplate.name(attributes))))
        }
        let found = Self.outcome { _, ceremony in
            switch change {
            case "version 1":
                ceremony.template.version = 1
                ceremony.template.isAuthority = nil
                ceremony.template.extensions = []
            case "subject": ceremony.template.subject = [("2.5.4.3", "TPM")]
            case "no name": ceremony.template.extensions.removeFirst()
            case "uncritical name": ceremony.template.extensions[0].1 = false
            case "name without model":
                ceremony.template.extensions[0] = names([("2.23.133.2.1", "id:0"), ("2.23.133.2.3", "id:1")])
            case "empty model":
                ceremony.template.extensions[0] = names([
                    ("2.23.133.2.1", "id:0"), ("2.23.133.2.2", ""), ("2.23.133.2.3", "id:1"),
                ])
            case "name in DNS":
                ceremony.template.extensions[0].2 = ASN1.sequence(ASN1.element([0x82], Array("tpm.example".utf8)))
            case "no usage": ceremony.template.extensions.removeLast()
            case "other usage":
                ceremony.template.extensions[1].2 = ASN1.sequence(ASN1.objectID("1.3.6.1.5.5.7.3.2"))
            case "authority": ceremony.template.isAuthority = true
            default:
                ceremony.template.extensions.append(
                    (ObjectID.aaguid, false, ASN1.octets([UInt8](repeating: 9, count: 16))))
            }
        }
        #expect(found == "wrong_attestation_certificate \(detail)")
    }
}
