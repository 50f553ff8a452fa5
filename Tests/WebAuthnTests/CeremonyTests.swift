import Crypto
import JSON
import Testing

@testable import WebAuthn

@Suite struct CeremonyTests {
    @Test(arguments: COSEAlgorithm.allCases.filter { ![.mlDSA44, .mlDSA65, .mlDSA87].contains($0) })
    func `a registered credential signs in`(algorithm: COSEAlgorithm) throws {
        let authenticator = Authenticator(algorithm)
        let answer = try RegistrationAnswer(authenticator.registration())
        let registered = try Registration([algorithm]).verify(answer)
        #expect(registered.id == authenticator.id)
        #expect(registered.publicKey == authenticator.publicKey)
        #expect(registered.algorithm == algorithm)
        #expect(registered.aaguid == authenticator.aaguid)
        #expect(registered.isUserVerified && registered.isBackupEligible && registered.isBackedUp)
        #expect(registered.transports == ["internal", "hybrid"])
        #expect(registered.attachment == .platform)
        #expect(registered.isDiscoverable == true)
        #expect(registered.attestation == AttestationOutcome(format: "none", kind: .none, isTrusted: false))
        let record = registered.record(userHandle: Authenticator.userHandle)
        let signedIn = try Authentication().verify(
            try AuthenticationAnswer(authenticator.assertion(flags: 0x0D, signCount: 7)), against: record)
        #expect(signedIn.record.signCount == 7)
        #expect(signedIn.record.isBackedUp == false)
        #expect(signedIn.isUserVerified)
    }
}
