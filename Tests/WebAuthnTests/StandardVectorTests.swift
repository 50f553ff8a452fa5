import Crypto
import JSON
import Testing

@testable import WebAuthn

/// Test vectors of Web Authentication Level 3, section 16: ES256 without attestation.
///
/// Copyright W3C, under its Software and Document License.
@Suite struct StandardVectorTests {
    static let relyingParty = RelyingParty(id: "example.org", origins: ["https://example.org"])
    static let id = "-R85HbTJsv3g6nAYnLo_tj9Xm6YSKzOtlP8-wzAIS-Q"

    static let attestationObject = bytes(
        hex: "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461"
            + "c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f0020f91f39"
            + "1db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001215820afefa16f97"
            + "ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf"
            + "879717c12cc68ed73290af2e2664796b9220")!

    static func answer(_ response: Object) -> Value {
        ["id": .string(id), "rawId": .string(id), "type": "public-key", "response": .object(response)]
    }

    static func registered() throws -> RegisteredCredential {
        let clientData =
            #"{"type":"webauthn.create","challenge":"AMMPt4UxxGTStncdq417YDwBFi8vpIa-pw8oOuVW4TA","#
            + #""origin":"https://example.org","crossOrigin":false,"extraData":"clientDataJSON may be extended with "#
            + #"additional fields in the future, such as this: BkQeDjdcTBrXBiAwJTLE5Q"}"#
        let registration = Registration(
            challenge: .bytes(bytes(hex: "00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130")!),
            relyingParty: relyingParty, userVerification: .preferred, time: 1_800_000_000)
        return try registration.verify(
            try RegistrationAnswer(
                answer([
                    "clientDataJSON": .string(base64URL(Array(clientData.utf8))),
                    "attestationObject": .string(base64URL(attestationObject)),
                ])))
    }

    @Test func `registers`() throws {
        let credential = try Self.registered()
        #expect(credential.id == bytes(base64URL: Self.id))
        #expect(hex(credential.aaguid) == "8446ccb9ab1db374750b2367ff6f3a1f")
        #expect(credential.algorithm == .es256)
        #expect(!credential.isUserVerified && credential.isBackupEligible && credential.isBackedUp)
    }

    @Test func `signs in`() throws {
        let clientData =
            #"{"type":"webauthn.get","challenge":"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag","#
            + #""origin":"https://example.org","crossOrigin":false}"#
        let data =
            "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000"
        let signature =
            "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f"
            + "0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87"
        let answer = try AuthenticationAnswer(
            Self.answer([
                "clientDataJSON": .string(base64URL(Array(clientData.utf8))),
                "authenticatorData": .string(base64URL(bytes(hex: data)!)),
                "signature": .string(base64URL(bytes(hex: signature)!)),
            ]))
        let authentication = Authentication(
            challenge: .bytes(bytes(hex: "39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408")!),
            relyingParty: Self.relyingParty, userVerification: .preferred, userHandle: [1])
        let result = try authentication.verify(answer, against: Self.registered().record(userHandle: [1]))
        #expect(result.record.isBackedUp && !result.isUserVerified)
    }
}
