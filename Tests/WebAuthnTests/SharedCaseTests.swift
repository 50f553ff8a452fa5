import Crypto
import Foundation
import JSON
import Testing

@testable import WebAuthn

/// Collected ceremonies of other projects and of the standard, where a folder of them is at hand:
/// `BITSTOCKERZ_WEBAUTHN_CASES` names one with `w3c.json` and `thirdparty.json`.
@Suite struct SharedCaseTests {
    static let folder = ProcessInfo.processInfo.environment["BITSTOCKERZ_WEBAUTHN_CASES"]

    @Test(
        .enabled(if: folder != nil, "BITSTOCKERZ_WEBAUTHN_CASES names no folder with ceremonies"),
        arguments: ["w3c.json", "thirdparty.json"])
    func `ceremonies are decided as the standard does`(file: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder!)/\(file)")))
        let document = try parse(bytes, limits: ParseLimits(maxBytes: 10_000_000))
        let cases = try #require(document.objectValue?["cases"]?.arrayValue)
        #expect(cases.count > 50)
        for value in cases {
            let one = try SharedCase(value)
            let refused = refusal { () throws(WebAuthnRefusal) in try one.run(one.credential) }
            let decision = SharedCase.decisions[one.id]
            #expect(decision == nil || one.tier != "must", "\(one.id)")
            let expected = decision ?? one.expectsSuccess
            #expect((refused == nil) == expected, "\(one.id) (\(one.tier)): \(refused?.rawValue ?? "accepted")")
            if refused == nil { one.runChanged() }
        }
    }
}

extension SharedCase {
    /// Random changes of the same ceremony: none crashes, and no assertion is accepted. A registration may be, where
    /// nothing signs the changed bytes.
    func runChanged() {
        var random = MutationTests.Generator(state: 0xCA5E)
        let fields =
            isRegistration
            ? ["clientDataJSON", "attestationObject"] : ["clientDataJSON", "authenticatorData", "signature"]
        for field in fields {
            for _ in 0..<40 {
                let bytes = MutationTests.mutated(MutationTests.field(field, of: credential), &random)
                let changed = MutationTests.set(.string(base64URL(bytes)), field, of: credential)
                let refused = refusal { () throws(WebAuthnRefusal) in try run(changed) }
                #expect(refused != nil || isRegistration, "\(id): \(field) \(hex(bytes))")
            }
        }
    }
}

/// One ceremony and the policy to decide it by.
struct SharedCase {
    let id: String
    let tier: String
    let expectsSuccess: Bool
    private let members: Object
    private let policy: Object

    /// Where either answer may be defended, ours is the one in the file but for these; true is accepted.
    static let decisions: [String: Bool] = [
        // SafetyNet is not supported: its service is gone, and its statements have expired.
        "py_webauthn-android-safetynet-14-reg": false,
        "SimpleWebAuthn-android-safetynet-12-reg": false,
        "SimpleWebAuthn-android-safetynet-13-reg": false,
        "kanidm-webauthn-rs-android-safetynet-17-reg": false,
        "fido2-lib-android-safetynet-11-reg": false,
        "cedarcode-webauthn-ruby-android-safetynet-5-reg": false,
        // Credentials with RS1: never, whatever is offered and whoever attests them.
        "SimpleWebAuthn-tpm-4-reg": false,
        "SimpleWebAuthn-tpm-20-reg": false,
        // The certificate names another AAGUID than the authenticator data, which 8.3 forbids.
        "SimpleWebAuthn-tpm-9-reg": false,
        // A length in more bytes than it needs, inside the signed extensions.
        "fido2-lib-none-3-reg": false,
    ]

    init(_ value: Value) throws {
        members = try #require(value.objectValue)
        id = try #require(members["id"]?.stringValue)
        tier = try #require(members["tier"]?.stringValue)
        expectsSuccess = members["expect"]?.stringValue == "ok"
        policy = try #require(members["policy"]?.objectValue)
    }

    /// Where the case asks for no statement, as browsers then send it: with the format `none`.
    var credential: Value {
        let credential = members["credential"]!
        guard policy["attestation"]?.stringValue == "ignore" else { return credential }
        let object = try! CBORReader.item(of: MutationTests.field("attestationObject", of: credential)).mapValue!
        let plain = Authenticator.attestationObject("none", Encode.map([]), object["authData"]!.bytesValue!)
        return MutationTests.set(.string(base64URL(plain)), "attestationObject", of: credential)
    }
    var isRegistration: Bool { members["kind"]?.stringValue == "registration" }

    func run(_ credential: Value) throws(WebAuthnRefusal) {
        let challenge = ExpectedChallenge.sha256(Digest.sha256(decoded(members["challenge_b64url"])!))
        let relyingParty = RelyingParty(
            id: members["rp_id"]!.stringValue!, origins: [members["origin"]!.stringValue!],
            allowsCrossOrigin: policy["allow_cross_origin"]!.boolValue!,
            topOrigins: policy["allowed_top_origins"]!.arrayValue!.compactMap(\.stringValue))
        let userVerification = UserVerification(rawValue: members["user_verification"]!.stringValue!)!
        if isRegistration {
            let registration = Registration(
                challenge: challenge, relyingParty: relyingParty, userVerification: userVerification,
                algorithms: algorithms.compactMap(COSEAlgorithm.init), attestation: attestation, time: 1_795_305_600)
            _ = try registration.verify(try RegistrationAnswer(credential))
        } else {
            let answer = try AuthenticationAnswer(credential)
            let record = stored(for: answer)
            let authentication = Authentication(
                challenge: challenge, relyingParty: relyingParty, userVerification: userVerification,
                userHandle: record.userHandle)
            _ = try authentication.verify(answer, against: record)
        }
    }

    private var algorithms: [Int] { policy["algs"]!.arrayValue!.compactMap { $0.numberValue?.int } }

    private var attestation: AttestationPolicy {
        let anchors = policy["trust_anchors_b64url"]!.arrayValue!.compactMap { decoded($0) }
        var policy = AttestationPolicy.none
        if self.policy["require_trusted"] == true { policy = .trusted(TrustAnchors(der: anchors)!) }
        policy.acceptsSHA1FromTPM = algorithms.contains(-65535)
        return policy
    }

    /// What is not known about the stored credential is taken from the answer, so that it decides nothing.
    private func stored(for answer: AuthenticationAnswer) -> CredentialRecord {
        let stored = members["stored"]!.objectValue!
        let flags = answer.assertion.authenticatorData.dropFirst(32).first ?? 0
        return CredentialRecord(
            id: decoded(stored["credential_id"]) ?? answer.credentialID,
            publicKey: decoded(stored["public_key_cose_b64url"])!,
            signCount: UInt32(stored["sign_count"]?.numberValue?.int ?? 0),
            userHandle: decoded(stored["user_handle"]) ?? answer.userHandle ?? [0],
            isBackupEligible: stored["backup_eligible"]?.boolValue ?? (flags & 8 != 0),
            isBackedUp: stored["backup_state"]?.boolValue ?? (flags & 16 != 0), isUserVerificationInitialized: false)
    }

    private func decoded(_ value: Value?) -> [UInt8]? { value?.stringValue.flatMap { bytes(base64URL: $0) } }
}
