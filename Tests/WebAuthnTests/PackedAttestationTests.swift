import Crypto
import Testing

@testable import WebAuthn

@Suite struct PackedAttestationTests {
    /// A certified statement, changed by the caller before it is signed.
    static func outcome(
        _ change: (inout AttestedCeremony) -> Void = { _ in }, algorithm: Int = -7,
        policy: (borrowing AttestedCeremony) -> AttestationPolicy = { _ in .none },
        statement: (inout [(String, [UInt8])]) -> Void = { _ in }
    ) -> String {
        var ceremony = AttestedCeremony()
        change(&ceremony)
        let signature = ceremony.attestationKey.sign(ceremony.signedBytes, .ecdsa(.sha256))!
        var members = [
            ("alg", Encode.int(algorithm)), ("sig", Encode.bytes(signature)),
            ("x5c", Encode.array([Encode.bytes(ceremony.leaf())])),
        ]
        statement(&members)
        return ceremony.outcome("packed", members, policy: policy(ceremony))
    }

    @Test func `accepts a certified statement`() {
        #expect(Self.outcome() == "certified")
        #expect(
            Self.outcome { ceremony in
                let model = ASN1.octets(ceremony.authenticator.aaguid)
                ceremony.template.extensions = [(ObjectID.aaguid, false, model)]
            } == "certified")
    }

    @Test func `trusts only what leads to an anchor`() {
        #expect(Self.outcome(policy: { .trusted(TrustAnchors(der: [$0.root])!) }) == "trusted")
        let stranger = PrivateKey(.elliptic(.p256))
        let other = CertificateTemplate.root().certificate(for: stranger.publicKey, by: stranger)
        #expect(Self.outcome(policy: { _ in .trusted(TrustAnchors(der: [other])!) }).hasPrefix("untrusted_attestation"))
        #expect(Self.outcome(policy: { _ in .trusted(TrustAnchors(der: [])!) }).hasPrefix("untrusted_attestation"))
        let expired = Self.outcome(
            { $0.template.notAfter = "20240101000000Z" }, policy: { .trusted(TrustAnchors(der: [$0.root])!) })
        #expect(expired.hasPrefix("untrusted_attestation"))
        // The ceremony's time counts, 2027-01-15, and not the clock of the machine.
        let short = Self.outcome(
            {
                $0.template.notBefore = "20270114000000Z"
                $0.template.notAfter = "20270116000000Z"
            }, policy: { .trusted(TrustAnchors(der: [$0.root])!) })
        #expect(short == "trusted")
        let early = Self.outcome(
            { $0.template.notBefore = "20500101000000Z" }, policy: { .trusted(TrustAnchors(der: [$0.root])!) })
        #expect(early.hasPrefix("untrusted_attestation"))
    }

    @Test func `follows intermediate certificates`() {
        let ceremony = AttestedCeremony()
        let middleKey = PrivateKey(.elliptic(.p256))
        var middle = CertificateTemplate.root("Middle")
        middle.issuer = "Test root"
        let middleCertificate = middle.certificate(for: middleKey.publicKey, by: ceremony.rootKey)
        var template = CertificateTemplate()
        template.issuer = "Middle"
        let leaf = template.certificate(for: ceremony.attestationKey.publicKey, by: middleKey)
        let signature = ceremony.attestationKey.sign(ceremony.signedBytes, .ecdsa(.sha256))!
        func outcome(_ chain: [[UInt8]], anchor: [UInt8]) -> String {
            ceremony.outcome(
                "packed",
                [
                    ("alg", Encode.int(-7)), ("sig", Encode.bytes(signature)),
                    ("x5c", Encode.array(chain.map(Encode.bytes))),
                ], policy: .trusted(TrustAnchors(der: [anchor])!))
        }
        #expect(outcome([leaf, middleCertificate], anchor: ceremony.root) == "trusted")
        #expect(outcome([leaf], anchor: middleCertificate) == "trusted")
        #expect(outcome([leaf], anchor: leaf) == "trusted")
        #expect(outcome([leaf], anchor: ceremony.root).hasPrefix("untrusted_attestation"))
        // One that is no authority vouches for nobody.
        middle.isAuthority = false
        let powerless = middle.certificate(for: middleKey.publicKey, by: ceremony.rootKey)
        #expect(outcome([leaf, powerless], anchor: ceremony.root).hasPrefix("untrusted_attestation"))
    }

    @Test(arguments: [
        ("version 1", "wrong_attestation_certificate version"), ("no country", "wrong_attestation_certificate subject"),
        ("long country", "wrong_attestation_certificate subject"),
        ("other unit", "wrong_attestation_certificate subject"),
        ("two units", "wrong_attestation_certificate subject"), ("no name", "wrong_attestation_certificate subject"),
        ("no organization", "wrong_attestation_certificate subject"),
        ("authority", "wrong_attestation_certificate basic constraints"),
        ("no constraints", "wrong_attestation_certificate basic constraints"),
        ("other model", "wrong_attestation_certificate AAGUID"),
        ("critical model", "wrong_attestation_certificate AAGUID"),
        ("bare model", "wrong_attestation_certificate AAGUID"),
        ("other key", "wrong_attestation_signature"),
    ])
    func `refuses certificates against the requirements`(change: String, outcome: String) {
        let found = Self.outcome { ceremony in
            let aaguid = ceremony.authenticator.aaguid
            switch change {
            case "version 1":
                ceremony.template.version = 1
                ceremony.template.isAuthority = nil
            case "no country": ceremony.template.subject.removeFirst()
            case "long country": ceremony.template.subject[0].1 = "GER"
            case "other unit": ceremony.template.subject[2].1 = "Authenticator attestation"
            case "two units": ceremony.template.subject.append(("2.5.4.11", "More"))
            case "no name": ceremony.template.subject.removeLast()
            case "no organization": ceremony.template.subject.remove(at: 1)
            case "authority": ceremony.template.isAuthority = true
            case "no constraints": ceremony.template.isAuthority = nil
            case "other model":
                ceremony.template.extensions = [(ObjectID.aaguid, false, ASN1.octets(aaguid.reversed()))]
            case "critical model": ceremony.template.extensions = [(ObjectID.aaguid, true, ASN1.octets(aaguid))]
            case "bare model": ceremony.template.extensions = [(ObjectID.aaguid, false, aaguid)]
            default: ceremony.certifiedKey = ceremony.rootKey.publicKey
            }
        }
        #expect(found == outcome)
    }

    @Test(arguments: [
        ("RS1", "wrong_attestation_signature algorithm -65535"), ("other algorithm", "wrong_attestation_signature"),
        ("no sig", "malformed_attestation_statement members alg x5c"),
        ("ecdaaKeyId", "malformed_attestation_statement members alg ecdaaKeyId sig x5c"),
        ("text sig", "malformed_attestation_statement sig is not a byte string"),
        ("no certificates", "wrong_attestation_certificate x5c is not certificates"),
        ("broken certificate", "wrong_attestation_certificate x5c is not certificates"),
        ("longer certificate", "wrong_attestation_certificate x5c is not certificates"),
        ("nine certificates", "wrong_attestation_certificate x5c is not certificates"),
        ("x5c is bytes", "malformed_attestation_statement x5c is not an array"),
    ])
    func `refuses changed statements`(change: String, outcome: String) {
        let found = Self.outcome(statement: { members in
            let certificate = Array(members[2].1.dropFirst(4))
            switch change {
            case "RS1": members[0].1 = Encode.int(-65535)
            case "other algorithm": members[0].1 = Encode.int(-257)
            case "no sig": members.remove(at: 1)
            case "ecdaaKeyId": members.append(("ecdaaKeyId", Encode.bytes([1])))
            case "text sig": members[1].1 = Encode.text("sig")
            case "no certificates": members[2].1 = Encode.array([])
            case "broken certificate": members[2].1 = Encode.array([Encode.bytes(certificate.dropLast())])
            case "longer certificate": members[2].1 = Encode.array([Encode.bytes(certificate + [0])])
            case "nine certificates":
                members[2].1 = Encode.array([[UInt8]](repeating: Encode.bytes(certificate), count: 9))
            default: members[2].1 = Encode.bytes([1])
            }
        })
        #expect(found == outcome)
    }

    @Test func `accepts self attestation with the credential's own key and algorithm`() {
        for algorithm in [COSEAlgorithm.es256, .edDSA, .es384] {
            let ceremony = AttestedCeremony(algorithm)
            func outcome(_ signature: [UInt8]?, _ number: Int, _ policy: AttestationPolicy = .none) -> String {
                ceremony.outcome(
                    "packed", [("alg", Encode.int(number)), ("sig", Encode.bytes(signature!))], policy: policy)
            }
            let own = ceremony.authenticator.key.sign(ceremony.signedBytes, algorithm.scheme)
            #expect(outcome(own, algorithm.rawValue) == "self")
            #expect(outcome(own, -257) == "wrong_attestation_content alg is not the credential's")
            let others = ceremony.attestationKey.sign(ceremony.signedBytes, .ecdsa(.sha256))
            #expect(outcome(others, algorithm.rawValue) == "wrong_attestation_signature")
            let anchors = TrustAnchors(der: [ceremony.root])!
            #expect(outcome(own, algorithm.rawValue, .trusted(anchors)) == "untrusted_attestation self")
        }
    }

    @Test func `demands a statement where trust is demanded`() {
        let ceremony = AttestedCeremony()
        let anchors = TrustAnchors(der: [ceremony.root])!
        #expect(ceremony.outcome("none", []) == "none")
        #expect(ceremony.outcome("none", [], policy: .trusted(anchors)) == "untrusted_attestation none")
    }

    @Test(arguments: ["", "android-safetynet", String(repeating: "a", count: 33)])
    func `refuses formats that it does not know`(_ format: String) {
        #expect(AttestedCeremony().outcome(format, []).hasPrefix("unsupported_attestation_format"))
    }
}
