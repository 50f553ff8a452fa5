import Crypto
import JSON

@testable import WebAuthn

/// Canonical CBOR for what the tests make themselves; deliberately not the reader's code.
enum Encode {
    static func head(_ major: UInt8, _ value: Int) -> [UInt8] {
        switch value {
        case ..<24: [major << 5 | UInt8(value)]
        case ..<256: [major << 5 | 24, UInt8(value)]
        case ..<65_536: [major << 5 | 25, UInt8(value >> 8), UInt8(value & 255)]
        default: [major << 5 | 26] + (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        }
    }
    static func int(_ value: Int) -> [UInt8] { value < 0 ? head(1, -1 - value) : head(0, value) }
    static func bytes(_ value: [UInt8]) -> [UInt8] { head(2, value.count) + value }
    static func text(_ value: String) -> [UInt8] { head(3, value.utf8.count) + Array(value.utf8) }
    static func array(_ elements: [[UInt8]]) -> [UInt8] { head(4, elements.count) + elements.flatMap { $0 } }
    /// In the order given.
    static func map(_ entries: [([UInt8], [UInt8])]) -> [UInt8] {
        head(5, entries.count) + entries.flatMap { $0.0 + $0.1 }
    }

    /// A credential public key for an algorithm.
    static func key(_ key: PublicKey, _ algorithm: Int) -> [UInt8] {
        switch key {
        case .elliptic(let curve, let point):
            let number = [EllipticCurve.p256: 1, .p384: 2, .p521: 3][curve]!
            let half = curve.fieldBytes
            return map([
                (int(1), int(2)), (int(3), int(algorithm)), (int(-1), int(number)),
                (int(-2), bytes(Array(point[1...half]))), (int(-3), bytes(Array(point[(half + 1)...]))),
            ])
        case .edwards(let curve, let point):
            return map([
                (int(1), int(1)), (int(3), int(algorithm)), (int(-1), int(curve == .ed25519 ? 6 : 7)),
                (int(-2), bytes(point)),
            ])
        case .rsa(let modulus, let exponent):
            return map([
                (int(1), int(3)), (int(3), int(algorithm)), (int(-1), bytes(modulus)), (int(-2), bytes(exponent)),
            ])
        case .moduleLattice(_, let key):
            return map([(int(1), int(7)), (int(3), int(algorithm)), (int(-1), bytes(key))])
        }
    }
}

/// A software authenticator behind a browser: makes real keys and signatures, and says what it is told to say.
struct Authenticator: ~Copyable {
    static let relyingParty = RelyingParty(id: "example.org", origins: ["https://example.org"])
    static let challenge = Array("a challenge of thirty-two bytes.".utf8)
    static let userHandle = Array("user handle".utf8)

    let key: PrivateKey
    let algorithm: COSEAlgorithm
    let id = Array("a credential's ID".utf8)
    let aaguid: [UInt8] = (1...16).map { UInt8($0) }

    init(_ algorithm: COSEAlgorithm) {
        self.algorithm = algorithm
        key =
            switch algorithm {
            case .es256, .esp256: PrivateKey(.elliptic(.p256))
            case .es384, .esp384: PrivateKey(.elliptic(.p384))
            case .es512, .esp512: PrivateKey(.elliptic(.p521))
            case .edDSA, .ed25519: PrivateKey(.edwards(.ed25519))
            case .ed448: PrivateKey(.edwards(.ed448))
            case .rs256, .ps256: PrivateKey(.rsa(bits: 2048))
            case .mlDSA44, .mlDSA65, .mlDSA87: fatalError("no signatures of that kind here")
            }
    }

    var publicKey: [UInt8] { Encode.key(key.publicKey, algorithm.rawValue) }

    static func clientData(
        type: String, challenge: [UInt8] = challenge, origin: String = "https://example.org", more: String = ""
    ) -> [UInt8] {
        Array(#"{"type":"\#(type)","challenge":"\#(base64URL(challenge))","origin":"\#(origin)"\#(more)}"#.utf8)
    }

    func attestedCredential() -> [UInt8] { aaguid + [0, UInt8(id.count)] + id + publicKey }

    static func authenticatorData(
        id: String = "example.org", flags: UInt8, signCount: UInt32 = 0, then rest: [UInt8] = []
    ) -> [UInt8] {
        Digest.sha256(Array(id.utf8)) + [flags] + (0..<4).map { UInt8(truncatingIfNeeded: signCount >> (24 - 8 * $0)) }
            + rest
    }

    static func attestationObject(_ format: String, _ statement: [UInt8], _ data: [UInt8]) -> [UInt8] {
        Encode.map([
            (Encode.text("fmt"), Encode.text(format)), (Encode.text("attStmt"), statement),
            (Encode.text("authData"), Encode.bytes(data)),
        ])
    }

    /// A registration with the format `none`; flags are UP, UV, BE, BS and AT.
    func registration(
        flags: UInt8 = 0x5D, clientData: [UInt8] = clientData(type: "webauthn.create"), signCount: UInt32 = 0
    ) -> Value {
        let data = Self.authenticatorData(flags: flags, signCount: signCount, then: attestedCredential())
        return registration(clientData, Self.attestationObject("none", Encode.map([]), data))
    }

    func registration(_ clientData: [UInt8], _ attestationObject: [UInt8]) -> Value {
        credential([
            "clientDataJSON": .string(base64URL(clientData)),
            "attestationObject": .string(base64URL(attestationObject)),
            "transports": ["internal", "hybrid"],
        ])
    }

    func assertion(
        flags: UInt8 = 0x1D, clientData: [UInt8] = clientData(type: "webauthn.get"), signCount: UInt32 = 0,
        userHandle: [UInt8]? = userHandle
    ) -> Value {
        assertion(clientData, Self.authenticatorData(flags: flags, signCount: signCount), userHandle: userHandle)
    }

    func assertion(_ clientData: [UInt8], _ data: [UInt8], userHandle: [UInt8]? = userHandle) -> Value {
        let signature = key.sign(data + Digest.sha256(clientData), algorithm.scheme)!
        return credential([
            "clientDataJSON": .string(base64URL(clientData)), "authenticatorData": .string(base64URL(data)),
            "signature": .string(base64URL(signature)),
            "userHandle": userHandle.map { .string(base64URL($0)) } ?? .null,
        ])
    }

    private func credential(_ response: Object) -> Value {
        [
            "id": .string(base64URL(id)), "rawId": .string(base64URL(id)), "type": "public-key",
            "authenticatorAttachment": "platform", "response": .object(response),
            "clientExtensionResults": ["credProps": ["rk": true]],
        ]
    }
}

extension Registration {
    init(_ algorithms: [COSEAlgorithm] = COSEAlgorithm.recommended) {
        self.init(
            challenge: .bytes(Authenticator.challenge), relyingParty: Authenticator.relyingParty,
            algorithms: algorithms,
            time: 1_800_000_000)
    }
}

extension Authentication {
    init() {
        self.init(challenge: .bytes(Authenticator.challenge), relyingParty: Authenticator.relyingParty)
    }
}

/// The reason of a refusal; nil when there was none.
func refusal(_ body: () throws(WebAuthnRefusal) -> Void) -> RefusalReason? {
    do throws(WebAuthnRefusal) {
        try body()
        return nil
    } catch {
        return error.reason
    }
}
