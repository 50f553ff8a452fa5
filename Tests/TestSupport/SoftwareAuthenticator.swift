import Crypto
import JSON
import System

/// Browser and authenticator in one: makes passkeys and signs with them, as the options of a ceremony ask. What it says
/// can be bent, for what no honest one would send.
public final class SoftwareAuthenticator {
    public enum Algorithm: Int, Sendable, CaseIterable { case es256 = -7, edDSA = -8, rs256 = -257 }

    public struct Failure: Error, CustomStringConvertible { public let description: String }

    /// One passkey on it.
    public final class Passkey {
        public let id: [UInt8]
        public let userHandle: [UInt8]
        public var signCount: UInt32
        fileprivate let key: PrivateKey
        fileprivate let algorithm: Algorithm

        fileprivate init(_ algorithm: Algorithm, userHandle: [UInt8], signCount: UInt32) {
            id = Random.bytes(32)
            self.userHandle = userHandle
            self.algorithm = algorithm
            self.signCount = signCount
            key =
                switch algorithm {
                case .es256: PrivateKey(.elliptic(.p256))
                case .edDSA: PrivateKey(.edwards(.ed25519))
                case .rs256: PrivateKey(.rsa(bits: 2048))
                }
        }
    }

    public var algorithm: Algorithm
    /// Of the page that asks.
    public var origin: String
    /// Nil: the one that the options name.
    public var relyingPartyID: String?
    public var isUserVerified = true
    public var isBackupEligible = true
    public var isBackedUp = true
    /// Whether passkeys made from now on count their signatures.
    public var counts = false
    public var saysWhose = true
    public var clientDataType: String?
    public private(set) var passkeys: [Passkey] = []

    public init(origin: String, _ algorithm: Algorithm = .es256) {
        self.origin = origin
        self.algorithm = algorithm
    }

    /// Answers `navigator.credentials.create` as `credential.toJSON()` does.
    public func create(_ options: Value?) throws -> Value {
        guard let options = options?.objectValue, let challenge = options["challenge"]?.stringValue,
            let party = options["rp"]?.objectValue?["id"]?.stringValue,
            let handle = options["user"]?.objectValue?["id"]?.stringValue.flatMap({ bytes(base64URL: $0) }),
            options["pubKeyCredParams"]?.arrayValue?.contains(where: {
                $0.objectValue?["alg"]?.numberValue?.int == algorithm.rawValue
            }) == true
        else { throw Failure(description: "not the options of a creation") }
        let excluded = ids(options["excludeCredentials"])
        guard !passkeys.contains(where: { excluded.contains($0.id) }) else {
            throw Failure(description: "InvalidStateError: a passkey of this user is here already")
        }
        let passkey = Passkey(algorithm, userHandle: handle, signCount: counts ? 1 : 0)
        let data =
            authenticatorData(party, flags: 0x40, passkey.signCount) + [UInt8](repeating: 0, count: 16)
            + bigEndian16(passkey.id.count) + passkey.id + coseKey(passkey)
        let object =
            [0xA3, 0x63] + Array("fmt".utf8) + [0x64] + Array("none".utf8) + [0x67] + Array("attStmt".utf8) + [
                0xA0, 0x68,
            ]
            + Array("authData".utf8) + byteString(data)
        passkeys.append(passkey)
        let client = clientData("webauthn.create", challenge)
        return credential(
            passkey,
            [
                "clientDataJSON": .string(base64URL(client)), "attestationObject": .string(base64URL(object)),
                "transports": ["internal", "hybrid"],
                // For the page's convenience; not signed, and not to be believed.
                "publicKeyAlgorithm": .number(Number(algorithm.rawValue)),
            ], extensions: ["credProps": ["rk": true]])
    }

    /// Answers `navigator.credentials.get` with one of its passkeys: the one given, else the first that is asked for.
    public func get(_ options: Value?, with chosen: Passkey? = nil) throws -> Value {
        guard let options = options?.objectValue, let challenge = options["challenge"]?.stringValue,
            let party = options["rpId"]?.stringValue
        else { throw Failure(description: "not the options of a request") }
        let allowed = ids(options["allowCredentials"])
        guard let passkey = chosen ?? passkeys.first(where: { allowed.isEmpty || allowed.contains($0.id) }) else {
            throw Failure(description: "NotAllowedError: no passkey that is asked for")
        }
        if passkey.signCount > 0 { passkey.signCount += 1 }
        let data = authenticatorData(party, flags: 0, passkey.signCount)
        let client = clientData("webauthn.get", challenge)
        let message = data + Digest.sha256(client)
        let scheme: SignatureScheme =
            switch passkey.algorithm {
            case .es256: .ecdsa(.sha256)
            case .edDSA: .eddsa
            case .rs256: .rsaPKCS1(.sha256)
            }
        guard let signature = passkey.key.sign(message, scheme) else { throw Failure(description: "cannot sign") }
        return credential(
            passkey,
            [
                "clientDataJSON": .string(base64URL(client)), "authenticatorData": .string(base64URL(data)),
                "signature": .string(base64URL(signature)),
                "userHandle": saysWhose ? .string(base64URL(passkey.userHandle)) : .null,
            ], extensions: [:])
    }

    private func ids(_ descriptors: Value?) -> [[UInt8]] {
        (descriptors?.arrayValue ?? []).compactMap {
            $0.objectValue?["id"]?.stringValue.flatMap { bytes(base64URL: $0) }
        }
    }

    private func credential(_ passkey: Passkey, _ response: Object, extensions: Value) -> Value {
        [
            "id": .string(base64URL(passkey.id)), "rawId": .string(base64URL(passkey.id)), "type": "public-key",
            "authenticatorAttachment": "platform", "response": .object(response), "clientExtensionResults": extensions,
        ]
    }

    private func clientData(_ type: String, _ challenge: String) -> [UInt8] {
        Value.object([
            "type": .string(clientDataType ?? type), "challenge": .string(challenge), "origin": .string(origin),
            "crossOrigin": false,
        ]).bytes
    }

    private func authenticatorData(_ party: String, flags: UInt8, _ signCount: UInt32) -> [UInt8] {
        var flags = flags | 0x01
        if isUserVerified { flags |= 0x04 }
        if isBackupEligible { flags |= 0x08 }
        if isBackedUp { flags |= 0x10 }
        return Digest.sha256(Array((relyingPartyID ?? party).utf8)) + [flags]
            + (0..<4).map { UInt8(truncatingIfNeeded: signCount >> (24 - 8 * $0)) }
    }

    /// The public key in the canonical CBOR of RFC 9052 and CTAP2.
    private func coseKey(_ passkey: Passkey) -> [UInt8] {
        switch passkey.key.publicKey {
        case .elliptic(_, let point):
            [0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32] + point[1..<33] + [0x22, 0x58, 32] + point[33..<65]
        case .edwards(_, let point): [0xA4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32] + point
        case .rsa(let modulus, let exponent):
            [0xA4, 1, 3, 3, 0x39, 1, 0, 0x20] + byteString(modulus) + [0x21] + byteString(exponent)
        case .moduleLattice: []
        }
    }

    /// With the shortest length, as canonical CBOR has it.
    private func byteString(_ bytes: [UInt8]) -> [UInt8] {
        switch bytes.count {
        case ..<24: [0x40 | UInt8(bytes.count)] + bytes
        case ..<256: [0x58, UInt8(bytes.count)] + bytes
        default: [0x59] + bigEndian16(bytes.count) + bytes
        }
    }

    private func bigEndian16(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
}
