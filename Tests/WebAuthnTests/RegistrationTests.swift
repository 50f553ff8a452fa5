import Crypto
import JSON
import Testing

@testable import WebAuthn

/// One valid registration; each case breaks one thing.
@Suite struct RegistrationTests {
    static func refusal(
        _ ceremony: Registration = Registration(), _ change: (borrowing Authenticator) -> Value
    ) -> RefusalReason? {
        let authenticator = Authenticator(.es256)
        return WebAuthnTests.refusal { () throws(WebAuthnRefusal) in
            _ = try ceremony.verify(try RegistrationAnswer(change(authenticator)))
        }
    }

    @Test func `accepts a well formed answer`() {
        #expect(Self.refusal { $0.registration() } == nil)
    }

    @Test(arguments: [
        (#"{"type":"webauthn.get","challenge":"C","origin":"https://example.org"}"#, RefusalReason.wrongType),
        (#"{"type":"Webauthn.create","challenge":"C","origin":"https://example.org"}"#, .wrongType),
        (#"{"type":"webauthn.create","challenge":"QQ","origin":"https://example.org"}"#, .wrongChallenge),
        (#"{"type":"webauthn.create","challenge":"","origin":"https://example.org"}"#, .wrongChallenge),
        (#"{"type":"webauthn.create","challenge":"C=","origin":"https://example.org"}"#, .malformedClientData),
        (#"{"type":"webauthn.create","challenge":"C","origin":"https://example.com"}"#, .wrongOrigin),
        (#"{"type":"webauthn.create","challenge":"C","origin":"https://www.example.org"}"#, .wrongOrigin),
        (#"{"type":"webauthn.create","challenge":"C","origin":"http://example.org"}"#, .wrongOrigin),
        (#"{"type":"webauthn.create","challenge":"C","origin":"https://example.org:8443"}"#, .wrongOrigin),
        (#"{"type":"webauthn.create","challenge":"C","origin":"https://example.org/"}"#, .wrongOrigin),
        (#"{"type":"webauthn.create","challenge":"C","origin":"https://Example.org"}"#, .wrongOrigin),
        (
            #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org","crossOrigin":true}"#,
            .crossOrigin
        ),
        (
            #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org","topOrigin":"https://a.b"}"#,
            .crossOrigin
        ),
        (
            #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org","crossOrigin":"false"}"#,
            .malformedClientData
        ),
        (
            #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org","topOrigin":null}"#,
            .malformedClientData
        ),
        (
            #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org","type":"webauthn.create"}"#,
            .malformedClientData
        ),
        (#"{"type":"webauthn.create","challenge":"C","origin":"https://example.org"} x"#, .malformedClientData),
        (#"{"type":"webauthn.create","challenge":"C"}"#, .malformedClientData),
        (#"{"type":"webauthn.create","challenge":1,"origin":"https://example.org"}"#, .malformedClientData),
        (#"["webauthn.create"]"#, .malformedClientData),
        ("", .malformedClientData),
    ])
    func `refuses client data of another ceremony`(json: String, reason: RefusalReason) {
        let text = json.replacing(#""challenge":"C"#, with: #""challenge":"\#(base64URL(Authenticator.challenge))"#)
        #expect(Self.refusal { $0.registration(clientData: Array(text.utf8)) } == reason)
    }

    @Test(arguments: [
        (#","crossOrigin":false"#, false, nil), (#","crossOrigin":true"#, true, nil),
        (#","crossOrigin":true,"topOrigin":"https://top.example""#, true, nil),
        (#","crossOrigin":true,"topOrigin":"https://other.example""#, true, RefusalReason.wrongTopOrigin),
        (#","tokenBinding":{"status":"supported"},"new":[1,{"a":null}]"#, false, nil),
        (#","crossOrigin":true"#, false, .crossOrigin),
    ])
    func `allows frames only where configured`(more: String, isAllowed: Bool, reason: RefusalReason?) {
        var ceremony = Registration()
        ceremony.relyingParty = RelyingParty(
            id: "example.org", origins: ["https://example.org"], allowsCrossOrigin: isAllowed,
            topOrigins: ["https://top.example"])
        let clientData = Authenticator.clientData(type: "webauthn.create", more: more)
        #expect(Self.refusal(ceremony) { $0.registration(clientData: clientData) } == reason)
    }

    @Test func `strips a byte order mark as the standard says`() {
        let clientData = [0xEF, 0xBB, 0xBF] + Authenticator.clientData(type: "webauthn.create")
        #expect(Self.refusal { $0.registration(clientData: clientData) } == nil)
    }

    @Test(arguments: [
        (UInt8(0x5D), UserVerification.required, nil), (0x45, .required, nil), (0x4D, .required, nil),
        (0x41, .required, RefusalReason.userNotVerified), (0x41, .preferred, nil), (0x41, .discouraged, nil),
        (0x44, .preferred, .userNotPresent), (0x40, .discouraged, .userNotPresent),
        (0x55, .required, .impossibleBackupState), (0x47, .required, nil), (0x65, .required, nil),
        (0x05, .required, .malformedAuthenticatorData), (0xC5, .required, .malformedAuthenticatorData),
    ])
    func `judges the flags`(flags: UInt8, userVerification: UserVerification, reason: RefusalReason?) {
        var ceremony = Registration()
        ceremony.userVerification = userVerification
        #expect(Self.refusal(ceremony) { $0.registration(flags: flags) } == reason)
    }

    @Test func `needs no touch when the browser asks by the way`() {
        var ceremony = Registration()
        ceremony.isConditional = true
        #expect(Self.refusal(ceremony) { $0.registration(flags: 0x44) } == nil)
    }

    @Test func `takes only what was offered`() {
        #expect(Self.refusal(Registration([.edDSA, .rs256])) { $0.registration() } == .algorithmNotOffered)
        #expect(Self.refusal(Registration([.esp256])) { $0.registration() } == .algorithmNotOffered)
    }

    /// Bytes put in place of parts of a valid attestation object.
    @Test(arguments: [
        "rpIdHash", "no credential", "trailing authenticator data", "extension", "unsorted extensions", "cut",
        "long id",
        "other id", "no statement", "extra member", "duplicate member", "trailing bytes", "statement not empty",
        "unknown format", "authData as text",
    ])
    func `refuses changed attestation objects`(change: String) throws {
        let expected: [String: RefusalReason] = [
            "rpIdHash": .wrongRelyingParty, "other id": .wrongCredential, "no statement": .malformedAttestationObject,
            "extra member": .malformedAttestationObject, "duplicate member": .malformedAttestationObject,
            "trailing bytes": .malformedAttestationObject, "statement not empty": .malformedAttestationStatement,
            "unknown format": .unsupportedAttestationFormat, "authData as text": .malformedAttestationObject,
        ]
        let reason = Self.refusal { authenticator in
            var credential = authenticator.attestedCredential()
            var relyingParty = "example.org"
            var flags: UInt8 = 0x45
            var format = "none"
            var statement = Encode.map([])
            switch change {
            case "rpIdHash": relyingParty = "example.com"
            case "no credential": credential = []
            case "trailing authenticator data": credential += [0]
            case "extension":
                flags = 0xC5
                credential += [0xF7]
            case "unsorted extensions":
                flags = 0xC5
                credential += [0xA2, 0x61, 0x62, 0xF5, 0x61, 0x61, 0xF5]
            case "cut": credential.removeLast()
            case "long id":
                credential[16] = 4
                credential[17] = 0
            case "other id": credential[18] ^= 1
            case "statement not empty": statement = Encode.map([(Encode.text("a"), Encode.int(1))])
            case "unknown format": format = "android-safetynet"
            default: break
            }
            let data = Authenticator.authenticatorData(id: relyingParty, flags: flags, then: credential)
            var entries = [
                (Encode.text("fmt"), Encode.text(format)), (Encode.text("attStmt"), statement),
                (Encode.text("authData"), change == "authData as text" ? Encode.text("x") : Encode.bytes(data)),
            ]
            if change == "no statement" { entries.remove(at: 1) }
            if change == "extra member" { entries.append((Encode.text("z"), Encode.int(0))) }
            if change == "duplicate member" { entries.append(entries[0]) }
            let object = Encode.map(entries) + (change == "trailing bytes" ? [0] : [])
            return authenticator.registration(Authenticator.clientData(type: "webauthn.create"), object)
        }
        #expect(reason == expected[change] ?? .malformedAuthenticatorData)
    }

    @Test func `reads extensions and members in any order`() {
        let reason = Self.refusal { authenticator in
            let data = Authenticator.authenticatorData(
                flags: 0xC5,
                then: authenticator.attestedCredential()
                    + Encode.map([(Encode.text("credProtect"), Encode.int(2))]))
            let object = Encode.map([
                (Encode.text("authData"), Encode.bytes(data)), (Encode.text("fmt"), Encode.text("none")),
                (Encode.text("attStmt"), Encode.map([])),
            ])
            return authenticator.registration(Authenticator.clientData(type: "webauthn.create"), object)
        }
        #expect(reason == nil)
    }

    @Test(
        arguments: [
            (nil, []), (.null, []), (["usb", "usb", "nfc"], ["usb", "nfc"]),
            (["smart-card", "new2"], ["smart-card", "new2"]),
            (["USB"], nil), ([""], nil), ([1], nil), ("usb", nil), ([.string(String(repeating: "a", count: 33))], nil),
            (.array([Value](repeating: "usb", count: 17)), nil),
        ] as [(Value?, [String]?)])
    func `keeps transports short`(value: Value?, transports: [String]?) {
        let authenticator = Authenticator(.es256)
        let answer = try? RegistrationAnswer(
            MutationTests.set(value, "transports", of: authenticator.registration()))
        #expect(answer?.transports == transports)
    }
}
