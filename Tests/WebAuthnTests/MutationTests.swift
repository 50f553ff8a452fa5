import Crypto
import JSON
import Testing

@testable import WebAuthn

/// Changes real ceremonies at random, in every field and layer: none crashes, and none is accepted unless it says the
/// same. What says the same is known exactly:
/// - the signature (r, n - s) beside (r, s): ECDSA allows both, and the standard forbids neither;
/// - in a registration with the format `none` nothing is signed, so there only the structure is tested;
/// - hints of the client, which no one signs: transports, attachment, `credProps`.
@Suite struct MutationTests {
    /// xorshift64*: a failure can be repeated by its seed.
    struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 2_685_821_657_736_338_717
        }
    }

    /// One change of a byte string; never the same bytes again.
    static func mutated(_ bytes: [UInt8], _ random: inout Generator) -> [UInt8] {
        var changed = bytes
        repeat {
            let place = Int.random(in: 0..<max(changed.count, 1), using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0...2 where !changed.isEmpty: changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 3 where !changed.isEmpty: changed[place] = UInt8.random(in: 0...255, using: &random)
            case 4: changed.insert(UInt8.random(in: 0...255, using: &random), at: min(place, changed.count))
            case 5 where !changed.isEmpty: changed.remove(at: place)
            case 6: changed.removeLast(min(changed.count, Int.random(in: 1...40, using: &random)))
            default:
                // A stretch of it once more somewhere else.
                guard changed.count > 2 else { continue }
                let end = min(changed.count, place + Int.random(in: 1...48, using: &random))
                changed.insert(contentsOf: changed[place..<end], at: Int.random(in: 0...changed.count, using: &random))
            }
        } while changed == bytes
        return changed
    }

    static func set(_ value: Value?, _ name: String, of answer: Value) -> Value {
        var object = answer.objectValue!
        var response = object["response"]!.objectValue!
        response[name] = value
        object["response"] = .object(response)
        return .object(object)
    }

    static func field(_ name: String, of answer: Value) -> [UInt8] {
        bytes(base64URL: answer.objectValue!["response"]!.objectValue![name]!.stringValue!)!
    }

    @Test(arguments: [COSEAlgorithm.es256, .edDSA, .rs256, .es384, .ps256])
    func `no changed assertion is accepted`(algorithm: COSEAlgorithm) throws {
        let authenticator = Authenticator(algorithm)
        let record = AuthenticationTests.record(of: authenticator)
        let valid = authenticator.assertion(signCount: 3)
        _ = try Authentication().verify(try AuthenticationAnswer(valid), against: record)
        var random = Generator(state: 0x5EED &+ UInt64(bitPattern: Int64(algorithm.rawValue)))
        for number in 0..<1_500 {
            let name = ["clientDataJSON", "authenticatorData", "signature", "userHandle"].randomElement(using: &random)!
            let bytes = Self.mutated(Self.field(name, of: valid), &random)
            let answer = Self.set(.string(base64URL(bytes)), name, of: valid)
            let reason = refusal { () throws(WebAuthnRefusal) in
                _ = try Authentication().verify(try AuthenticationAnswer(answer), against: record)
            }
            #expect(reason != nil, "\(algorithm) \(number): \(name) \(hex(bytes))")
        }
    }

    @Test func `no changed stored key verifies`() throws {
        let authenticator = Authenticator(.es256)
        let answer = try AuthenticationAnswer(authenticator.assertion())
        var random = Generator(state: 0xC05E)
        for number in 0..<1_000 {
            let record = CredentialRecord(
                id: authenticator.id, publicKey: Self.mutated(authenticator.publicKey, &random), signCount: 0,
                userHandle: Authenticator.userHandle, isBackupEligible: true, isBackedUp: false,
                isUserVerificationInitialized: false)
            // ES256 and ESP256 are two names of the same key.
            if (try? COSEKey(record.publicKey))?.key == authenticator.key.publicKey { continue }
            let reason = refusal { () throws(WebAuthnRefusal) in
                _ = try Authentication().verify(answer, against: record)
            }
            #expect(reason != nil, "\(number): \(hex(record.publicKey))")
        }
    }

    @Test func `no changed registration with a signature is accepted`() throws {
        let ceremony = AttestedCeremony()
        let certified = ceremony.attestationKey.sign(ceremony.signedBytes, .ecdsa(.sha256))!
        let own = ceremony.authenticator.key.sign(ceremony.signedBytes, .ecdsa(.sha256))!
        let statements: [[(String, [UInt8])]] = [
            [("alg", Encode.int(-7)), ("sig", Encode.bytes(own))],
            [
                ("alg", Encode.int(-7)), ("sig", Encode.bytes(certified)),
                ("x5c", Encode.array([Encode.bytes(ceremony.leaf())])),
            ],
        ]
        var registration = Registration()
        registration.attestation = .trusted(TrustAnchors(der: [ceremony.root])!)
        for (policy, statement) in zip([AttestationPolicy.none, registration.attestation], statements) {
            registration.attestation = policy
            let valid = ceremony.answer("packed", statement)
            _ = try registration.verify(try RegistrationAnswer(valid))
            // ESP256 in place of ES256 in `alg` says the same about a certified key.
            let renamed = ceremony.answer("packed", [("alg", Encode.int(-9))] + statement.dropFirst())
            var random = Generator(state: 0xA77E57)
            for number in 0..<1_000 {
                let name = ["clientDataJSON", "attestationObject"].randomElement(using: &random)!
                let bytes = Self.mutated(Self.field(name, of: valid), &random)
                let answer = Self.set(.string(base64URL(bytes)), name, of: valid)
                if answer == renamed { continue }
                let reason = refusal { () throws(WebAuthnRefusal) in
                    _ = try registration.verify(try RegistrationAnswer(answer))
                }
                #expect(reason != nil, "\(number): \(name) \(hex(bytes))")
            }
        }
    }

    /// Nothing is signed, but what comes out is never anything else than what went in.
    @Test func `changed registrations without a signature never crash`() {
        let authenticator = Authenticator(.es256)
        let valid = authenticator.registration()
        var random = Generator(state: 0x0BAD)
        var accepted = 0
        for _ in 0..<3_000 {
            let bytes = Self.mutated(Self.field("attestationObject", of: valid), &random)
            let answer = Self.set(.string(base64URL(bytes)), "attestationObject", of: valid)
            guard let result = try? Registration().verify(try RegistrationAnswer(answer)) else { continue }
            accepted += 1
            #expect(result.id == authenticator.id)
            // A key may only have become another sound one, which is as good as never.
            #expect(result.publicKey == authenticator.publicKey)
        }
        // The counter, the AAGUID and reserved flags are free.
        #expect(accepted > 0)
    }

    @Test func `no changed document is accepted`() throws {
        let authenticator = Authenticator(.es256)
        let record = AuthenticationTests.record(of: authenticator)
        let valid = authenticator.assertion()
        let hints = ["authenticatorAttachment", "clientExtensionResults"]
        var random = Generator(state: 0xD0C5)
        let text = valid.bytes
        for number in 0..<1_500 {
            let bytes = Self.mutated(text, &random)
            guard let changed = try? parse(bytes) else { continue }
            let reason = refusal { () throws(WebAuthnRefusal) in
                _ = try Authentication().verify(try AuthenticationAnswer(changed), against: record)
            }
            if reason != nil { continue }
            // Accepted is what differs only in hints, in unknown members, or not at all.
            func meaning(_ value: Value) -> [Value?] {
                let object = value.objectValue!
                let response = object["response"]!.objectValue!
                return ["id", "rawId", "type"].map { object[$0] }
                    + ["clientDataJSON", "authenticatorData", "signature", "userHandle"].map { response[$0] }
            }
            #expect(meaning(changed) == meaning(valid), "\(number) \(hints)")
        }
    }

    @Test func `fields of another ceremony do not fit`() throws {
        let authenticator = Authenticator(.es256)
        let other = Authenticator(.es256)
        let record = AuthenticationTests.record(of: authenticator)
        let valid = authenticator.assertion()
        let later = authenticator.assertion(
            clientData: Authenticator.clientData(type: "webauthn.get", more: #","crossOrigin":false"#), signCount: 9)
        for source in [other.assertion(signCount: 5), later] {
            for name in ["clientDataJSON", "authenticatorData", "signature"] {
                let swapped = Self.set(.string(base64URL(Self.field(name, of: source))), name, of: valid)
                // Two ceremonies may have the same client data; then nothing was swapped.
                if swapped == valid { continue }
                let reason = refusal { () throws(WebAuthnRefusal) in
                    _ = try Authentication().verify(try AuthenticationAnswer(swapped), against: record)
                }
                #expect(reason == .wrongSignature, "\(name)")
            }
        }
        // A field in another's place.
        for (first, second) in [("clientDataJSON", "authenticatorData"), ("signature", "authenticatorData")] {
            let a = Self.field(first, of: valid)
            let b = Self.field(second, of: valid)
            let swapped = Self.set(.string(base64URL(b)), first, of: Self.set(.string(base64URL(a)), second, of: valid))
            #expect(throws: WebAuthnRefusal.self) {
                try Authentication().verify(try AuthenticationAnswer(swapped), against: record)
            }
        }
    }
}
