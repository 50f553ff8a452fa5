import Crypto
import JSON
import Testing

@testable import WebAuthn

/// One valid assertion; each case breaks one thing.
@Suite struct AuthenticationTests {
    static func record(
        of authenticator: borrowing Authenticator, signCount: UInt32 = 0, isBackupEligible: Bool = true
    ) -> CredentialRecord {
        CredentialRecord(
            id: authenticator.id, publicKey: authenticator.publicKey, signCount: signCount,
            userHandle: Authenticator.userHandle, isBackupEligible: isBackupEligible, isBackedUp: false,
            isUserVerificationInitialized: false)
    }

    static func refusal(
        _ ceremony: Authentication = Authentication(), stored: UInt32 = 0,
        _ change: (borrowing Authenticator) -> Value
    ) -> RefusalReason? {
        let authenticator = Authenticator(.es256)
        let record = record(of: authenticator, signCount: stored)
        return WebAuthnTests.refusal { () throws(WebAuthnRefusal) in
            _ = try ceremony.verify(try AuthenticationAnswer(change(authenticator)), against: record)
        }
    }

    @Test func `accepts a well formed answer`() {
        #expect(Self.refusal { $0.assertion() } == nil)
    }

    @Test(arguments: [
        (UInt8(0x1D), UserVerification.required, nil), (0x0D, .required, nil),
        (0x19, .required, RefusalReason.userNotVerified), (0x19, .preferred, nil), (0x1C, .required, .userNotPresent),
        (0x15, .required, .impossibleBackupState), (0x05, .required, .changedBackupEligibility),
        (0x5D, .required, .malformedAuthenticatorData), (0x9D, .required, .malformedAuthenticatorData),
        (0x1F, .required, nil), (0x3D, .required, nil),
    ])
    func `judges the flags`(flags: UInt8, userVerification: UserVerification, reason: RefusalReason?) {
        var ceremony = Authentication()
        ceremony.userVerification = userVerification
        #expect(Self.refusal(ceremony) { $0.assertion(flags: flags) } == reason)
    }

    @Test(arguments: [
        ("webauthn.create", "https://example.org", RefusalReason.wrongType),
        ("payment.get", "https://example.org", .wrongType), ("webauthn.get", "https://evil.example", .wrongOrigin),
        ("webauthn.get", "", .wrongOrigin),
    ])
    func `refuses client data of another ceremony`(type: String, origin: String, reason: RefusalReason) {
        #expect(
            Self.refusal { $0.assertion(clientData: Authenticator.clientData(type: type, origin: origin)) } == reason)
    }

    @Test func `refuses another challenge`() {
        let other = Authenticator.clientData(type: "webauthn.get", challenge: Array("another challenge".utf8))
        #expect(Self.refusal { $0.assertion(clientData: other) } == .wrongChallenge)
        var ceremony = Authentication()
        ceremony.challenge = .sha256(Digest.sha256(Authenticator.challenge))
        #expect(Self.refusal(ceremony) { $0.assertion() } == nil)
        #expect(Self.refusal(ceremony) { $0.assertion(clientData: other) } == .wrongChallenge)
        ceremony.challenge = .sha256(Authenticator.challenge)
        #expect(Self.refusal(ceremony) { $0.assertion() } == .wrongChallenge)
    }

    @Test func `refuses another relying party`() {
        let data = Authenticator.authenticatorData(id: "example.com", flags: 0x1D)
        #expect(
            Self.refusal { $0.assertion(Authenticator.clientData(type: "webauthn.get"), data) } == .wrongRelyingParty)
    }

    /// Such data belong to a registration (6.1).
    @Test func `refuses an attested credential`() {
        let reason = Self.refusal {
            let data = Authenticator.authenticatorData(flags: 0x5D, then: $0.attestedCredential())
            return $0.assertion(Authenticator.clientData(type: "webauthn.get"), data)
        }
        #expect(reason == .malformedAuthenticatorData)
    }

    @Test func `reads extensions`() {
        let data = Authenticator.authenticatorData(
            flags: 0x9D, then: Encode.map([(Encode.text("uvm"), Encode.array([Encode.int(2)]))]))
        #expect(Self.refusal { $0.assertion(Authenticator.clientData(type: "webauthn.get"), data) } == nil)
    }

    @Test func `refuses a credential that was not asked for`() {
        var ceremony = Authentication()
        ceremony.allowedCredentials = [[1, 2, 3]]
        #expect(Self.refusal(ceremony) { $0.assertion() } == .wrongCredential)
        ceremony.allowedCredentials.append(Array("a credential's ID".utf8))
        #expect(Self.refusal(ceremony) { $0.assertion() } == nil)
    }

    @Test(
        arguments: [
            (nil, Authenticator.userHandle, nil), (nil, nil, RefusalReason.missingUserHandle),
            (nil, [1], .wrongUserHandle), (Authenticator.userHandle, Authenticator.userHandle, nil),
            (Authenticator.userHandle, nil, nil), (Authenticator.userHandle, [1], .wrongUserHandle),
            // Safari's way of saying none.
            (Authenticator.userHandle, [], nil), (nil, [], .missingUserHandle), ([1], [], .wrongUserHandle),
            (nil, Array(repeating: 1, count: 65), .malformedResponse),
            ([1], Authenticator.userHandle, .wrongUserHandle), ([1], nil, .wrongUserHandle),
        ] as [([UInt8]?, [UInt8]?, RefusalReason?)])
    func `ties the credential to its user`(known: [UInt8]?, answered: [UInt8]?, reason: RefusalReason?) {
        var ceremony = Authentication()
        ceremony.userHandle = known
        #expect(Self.refusal(ceremony) { $0.assertion(userHandle: answered) } == reason)
    }

    @Test(arguments: [
        (UInt32(0), UInt32(0), nil), (0, 1, nil), (5, 6, nil), (5, 5, RefusalReason.signCountRegression),
        (5, 4, .signCountRegression), (5, 0, .signCountRegression), (.max, 0, .signCountRegression),
        (.max - 1, .max, nil),
    ])
    func `judges the counter`(stored: UInt32, answered: UInt32, reason: RefusalReason?) throws {
        #expect(Self.refusal(stored: stored) { $0.assertion(signCount: answered) } == reason)
        guard reason == nil else { return }
        let authenticator = Authenticator(.es256)
        let result = try Authentication().verify(
            try AuthenticationAnswer(authenticator.assertion(signCount: answered)),
            against: Self.record(of: authenticator, signCount: stored))
        #expect(result.record.signCount == answered)
    }

    @Test func `refuses the signature of another key`() throws {
        let other = Authenticator(.es256)
        #expect(Self.refusal { _ in other.assertion() } == .wrongSignature)
    }

    @Test func `refuses signatures in other forms`() throws {
        let authenticator = Authenticator(.es256)
        let record = Self.record(of: authenticator)
        let answer = authenticator.assertion().objectValue!
        let signature = bytes(base64URL: answer["response"]!.objectValue!["signature"]!.stringValue!)!
        func reason(_ signature: [UInt8]) -> RefusalReason? {
            var response = answer["response"]!.objectValue!
            response["signature"] = .string(base64URL(signature))
            var changed = answer
            changed["response"] = .object(response)
            return WebAuthnTests.refusal { () throws(WebAuthnRefusal) in
                _ = try Authentication().verify(try AuthenticationAnswer(.object(changed)), against: record)
            }
        }
        #expect(reason(signature) == nil)
        #expect(reason([]) == .wrongSignature)
        #expect(reason(signature + [0]) == .wrongSignature)
        // A length in the long form says the same, but not in DER.
        #expect(reason([0x30, 0x81] + signature[1...]) == .wrongSignature)
        #expect(reason(Array(signature[4...])) == .wrongSignature)
        // r and s side by side, as JOSE has them.
        #expect(reason([UInt8](repeating: 1, count: 64)) == .wrongSignature)
        #expect(reason([0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00]) == .wrongSignature)
    }

    @Test(
        arguments: [
            ("type", "password"), ("id", "AAAA"), ("rawId", nil), ("rawId", "not base64!"), ("response", nil),
            ("authenticatorAttachment", 1), ("clientExtensionResults", []),
        ] as [(String, Value?)])
    func `refuses answers of another shape`(member: String, value: Value?) {
        #expect(
            Self.refusal {
                var answer = $0.assertion().objectValue!
                answer[member] = value
                return .object(answer)
            } == .malformedResponse)
    }

    @Test(
        arguments: [
            ("clientDataJSON", nil), ("authenticatorData", 3), ("signature", "AA=="), ("userHandle", "AA=="),
            ("userHandle", .string(String(repeating: "A", count: 88))),
            ("signature", .string(String(repeating: "A", count: 87_384))),
        ] as [(String, Value?)])
    func `refuses responses of another shape`(member: String, value: Value?) {
        #expect(
            Self.refusal {
                var answer = $0.assertion().objectValue!
                var response = answer["response"]!.objectValue!
                response[member] = value
                answer["response"] = .object(response)
                return .object(answer)
            } == .malformedResponse)
    }

    @Test func `keeps foreign text out of the log`() {
        let refusal = WebAuthnRefusal(.malformedResponse, "a\u{0}b\nc\u{1B}[1m é" + String(repeating: "x", count: 500))
        #expect(refusal.detail.hasPrefix("abc[1m xxx"))
        #expect(refusal.detail.utf8.count == 120)
    }

    @Test func `tells little about the reason`() {
        for reason in RefusalReason.allCases {
            #expect(reason.rawValue.allSatisfy { $0.isLowercase || $0 == "_" })
            #expect(PublicRefusal.allCases.contains(reason.publicCode))
        }
        // What only an attacker would want to tell apart.
        let secret: [RefusalReason] = [.wrongSignature, .wrongCredential, .wrongUserHandle, .signCountRegression]
        #expect(Set(secret.map(\.publicCode)) == [.rejected])
    }
}
