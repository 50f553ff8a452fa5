import Crypto
import Testing

@testable import WebAuthn

@Suite struct AndroidKeyAttestationTests {
    /// The key description, with the lists' members as they are put in.
    static func description(
        _ challenge: [UInt8], software: [[UInt8]] = [], trusted: [[UInt8]] = [purposes(2), origin(0)]
    ) -> [UInt8] {
        func enumerated(_ value: UInt8) -> [UInt8] { ASN1.element([0x0A], [value]) }
        return ASN1.sequence(
            ASN1.integer(300), enumerated(1), ASN1.integer(300), enumerated(1), ASN1.octets(challenge),
            ASN1.octets([]), ASN1.sequence(software.flatMap { $0 }), ASN1.sequence(trusted.flatMap { $0 }))
    }
    static func purposes(_ values: Int...) -> [UInt8] { ASN1.tagged(1, ASN1.set(values.flatMap { ASN1.integer($0) })) }
    static func origin(_ value: Int) -> [UInt8] { ASN1.taggedLong(702, ASN1.integer(value)) }
    static let allApplications = ASN1.taggedLong(600, [0x05, 0x00])

    static func outcome(
        certifies own: Bool = true, signs: Bool = true, _ extensionContent: ([UInt8]) -> [UInt8]?
    ) -> String {
        var ceremony = AttestedCeremony()
        ceremony.template.subject = [("2.5.4.3", "Android Keystore Key")]
        if own { ceremony.certifiedKey = ceremony.authenticator.key.publicKey }
        if let content = extensionContent(ceremony.clientDataHash) {
            ceremony.template.extensions = [(ObjectID.androidKeyDescription, false, content)]
        }
        let signed = ceremony.signedBytes
        let scheme = SignatureScheme.ecdsa(.sha256)
        let signature =
            own == signs
            ? ceremony.authenticator.key.sign(signed, scheme) : ceremony.attestationKey.sign(signed, scheme)
        return ceremony.outcome(
            "android-key",
            [
                ("alg", Encode.int(-7)), ("sig", Encode.bytes(signature!)),
                ("x5c", Encode.array([Encode.bytes(ceremony.leaf())])),
            ])
    }

    @Test func `accepts generated signing keys`() {
        #expect(Self.outcome { Self.description($0) } == "certified")
        #expect(Self.outcome { Self.description($0, trusted: [Self.purposes(2, 3), Self.origin(0)]) } == "certified")
        // The standard's example has two empty lists.
        #expect(Self.outcome { Self.description($0, trusted: []) } == "certified")
    }

    @Test(arguments: [
        ("challenge", "wrong_attestation_content attestationChallenge"),
        ("all applications, trusted", "wrong_attestation_content allApplications"),
        ("all applications, software", "wrong_attestation_content allApplications"),
        ("imported", "wrong_attestation_content origin"),
        ("imported says software", "wrong_attestation_content origin"),
        ("decrypts", "wrong_attestation_content purpose"), ("signs and encrypts", "wrong_attestation_content purpose"),
        ("twice", "wrong_attestation_certificate key description"),
        ("none", "wrong_attestation_certificate key description"),
        ("cut", "wrong_attestation_certificate key description"),
    ])
    func `refuses other keys`(change: String, outcome: String) {
        let found = Self.outcome { hash in
            switch change {
            case "challenge": Self.description(Digest.sha256(hash))
            case "all applications, trusted":
                Self.description(hash, trusted: [Self.purposes(2), Self.allApplications, Self.origin(0)])
            case "all applications, software": Self.description(hash, software: [Self.allApplications])
            case "imported": Self.description(hash, trusted: [Self.purposes(2), Self.origin(2)])
            case "imported says software": Self.description(hash, software: [Self.origin(1)])
            case "decrypts": Self.description(hash, trusted: [Self.purposes(1), Self.origin(0)])
            case "signs and encrypts": Self.description(hash, trusted: [Self.purposes(2, 0), Self.origin(0)])
            case "twice": Self.description(hash, trusted: [Self.origin(0), Self.origin(0)])
            case "none": nil
            default: Array(Self.description(hash).dropLast())
            }
        }
        #expect(found == outcome)
    }

    @Test func `needs the credential's own key and signature`() {
        #expect(
            Self.outcome(certifies: false, signs: false) { Self.description($0) }
                == "wrong_attestation_signature algorithm -7")
        #expect(
            Self.outcome(certifies: false) { Self.description($0) }
                == "wrong_attestation_content the certificate's key is not the credential's")
        #expect(Self.outcome(signs: false) { Self.description($0) } == "wrong_attestation_signature algorithm -7")
    }
}

@Suite struct AppleAttestationTests {
    static func outcome(
        certifies own: Bool = true, nonce: ([UInt8]) -> [UInt8] = { $0 }, more: [(String, [UInt8])] = []
    ) -> String {
        var ceremony = AttestedCeremony()
        if own { ceremony.certifiedKey = ceremony.authenticator.key.publicKey }
        let content = ASN1.sequence(ASN1.tagged(1, ASN1.octets(nonce(Digest.sha256(ceremony.signedBytes)))))
        ceremony.template.extensions = [(ObjectID.appleNonce, false, content)]
        return ceremony.outcome("apple", more + [("x5c", Encode.array([Encode.bytes(ceremony.leaf())]))])
    }

    @Test func `accepts the nonce in the certificate of the credential's key`() {
        #expect(Self.outcome() == "certified")
        #expect(Self.outcome(more: [("alg", Encode.int(-7))]) == "certified")
    }

    @Test func `refuses other keys, nonces and members`() {
        #expect(
            Self.outcome(certifies: false)
                == "wrong_attestation_content the certificate's key is not the credential's")
        #expect(Self.outcome(nonce: Digest.sha256) == "wrong_attestation_content nonce")
        #expect(Self.outcome(nonce: { $0 + [0] }) == "wrong_attestation_content nonce")
        #expect(
            Self.outcome(more: [("alg", Encode.int(-257))])
                == "wrong_attestation_content alg is not the credential's")
        #expect(Self.outcome(more: [("sig", Encode.bytes([]))]).hasPrefix("malformed_attestation_statement"))
    }
}

@Suite struct FIDOU2FAttestationTests {
    static func outcome(
        _ algorithm: COSEAlgorithm = .es256, attestedWith kind: PrivateKey.Kind = .elliptic(.p256),
        certificates: Int = 1, signed: ([UInt8]) -> [UInt8] = { $0 }
    ) -> String {
        let ceremony = AttestedCeremony(algorithm, attestedWith: kind)
        var point: [UInt8] = []
        if case .elliptic(_, let key) = ceremony.authenticator.key.publicKey { point = key }
        let relyingParty = Digest.sha256(Array("example.org".utf8))
        let bytes = [0] + relyingParty + ceremony.clientDataHash + ceremony.authenticator.id + point
        let signature = ceremony.attestationKey.sign(signed(bytes), .ecdsa(.sha256))!
        return ceremony.outcome(
            "fido-u2f",
            [
                ("sig", Encode.bytes(signature)),
                ("x5c", Encode.array([[UInt8]](repeating: Encode.bytes(ceremony.leaf()), count: certificates))),
            ])
    }

    @Test func `accepts the old message`() {
        #expect(Self.outcome() == "certified")
    }

    @Test func `refuses anything else`() {
        #expect(Self.outcome(signed: { [1] + $0.dropFirst() }) == "wrong_attestation_signature")
        #expect(Self.outcome(certificates: 2) == "malformed_attestation_statement x5c has not one element")
        #expect(Self.outcome(certificates: 0) == "malformed_attestation_statement x5c has not one element")
        #expect(
            Self.outcome(attestedWith: .elliptic(.p384)) == "wrong_attestation_certificate not a key of P-256")
        #expect(Self.outcome(.es384) == "wrong_attestation_content not a credential of P-256")
    }
}
