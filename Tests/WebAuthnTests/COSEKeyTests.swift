import Crypto
import Testing

@testable import WebAuthn

@Suite struct COSEKeyTests {
    /// What registering a credential with exactly this key makes of it.
    static func refusal(_ publicKey: [UInt8]) -> RefusalReason? {
        let authenticator = Authenticator(.es256)
        let credential = authenticator.aaguid + [0, UInt8(authenticator.id.count)] + authenticator.id + publicKey
        let object = Authenticator.attestationObject(
            "none", Encode.map([]), Authenticator.authenticatorData(flags: 0x45, then: credential))
        let answer = authenticator.registration(Authenticator.clientData(type: "webauthn.create"), object)
        return WebAuthnTests.refusal { () throws(WebAuthnRefusal) in
            _ = try Registration(COSEAlgorithm.allCases).verify(try RegistrationAnswer(answer))
        }
    }

    static func map(_ members: [(Int, [UInt8])]) -> [UInt8] { Encode.map(members.map { (Encode.int($0.0), $0.1) }) }

    static let point: (x: [UInt8], y: [UInt8]) = {
        guard case .elliptic(_, let point) = PrivateKey(.elliptic(.p256)).publicKey else { fatalError("no point") }
        return (Array(point[1...32]), Array(point[33...]))
    }()

    static func elliptic(
        type: Int = 2, algorithm: Int = -7, curve: Int = 1, x: [UInt8]? = nil, y: [UInt8]? = nil
    ) -> [(Int, [UInt8])] {
        [
            (1, Encode.int(type)), (3, Encode.int(algorithm)), (-1, Encode.int(curve)),
            (-2, x ?? Encode.bytes(point.x)), (-3, y ?? Encode.bytes(point.y)),
        ]
    }

    @Test func `takes a point of its curve`() { #expect(Self.refusal(Self.map(Self.elliptic())) == nil) }

    @Test(arguments: [
        ("off the curve", RefusalReason.unsoundPublicKey), ("zero", .unsoundPublicKey),
        ("coordinate of the field's size", .unsoundPublicKey), ("short x", .malformedPublicKey),
        ("long y", .malformedPublicKey), ("compressed", .malformedPublicKey), ("other curve", .malformedPublicKey),
        ("secp256k1", .malformedPublicKey), ("other type", .malformedPublicKey), ("no y", .malformedPublicKey),
        ("private", .malformedPublicKey), ("no algorithm", .malformedPublicKey),
        ("text algorithm", .malformedPublicKey), ("RS1", .algorithmNotOffered), ("ES256K", .algorithmNotOffered),
        ("huge algorithm", .malformedPublicKey), ("unsorted", .malformedAuthenticatorData),
        ("no map", .malformedAuthenticatorData),
    ])
    func `refuses other elliptic keys`(change: String, reason: RefusalReason) {
        let high = [UInt8](repeating: 0xFF, count: 32)
        var members = Self.elliptic()
        switch change {
        case "off the curve": members = Self.elliptic(y: Encode.bytes(Self.point.x))
        case "zero":
            let zero = Encode.bytes([UInt8](repeating: 0, count: 32))
            members = Self.elliptic(x: zero, y: zero)
        case "coordinate of the field's size": members = Self.elliptic(x: Encode.bytes(high))
        case "short x": members = Self.elliptic(x: Encode.bytes(Array(Self.point.x.dropFirst())))
        case "long y": members = Self.elliptic(y: Encode.bytes([0] + Self.point.y))
        case "compressed": members = Self.elliptic(y: [0xF5])
        case "other curve": members = Self.elliptic(curve: 2)
        case "secp256k1": members = Self.elliptic(curve: 8)
        case "other type": members = Self.elliptic(type: 1)
        case "no y": members.removeLast()
        case "private": members.append((-4, Encode.bytes(high)))
        case "no algorithm": members.remove(at: 1)
        case "text algorithm": members[1].1 = Encode.text("ES256")
        case "RS1": members[1].1 = Encode.int(-65535)
        case "ES256K": members[1].1 = Encode.int(-47)
        case "huge algorithm": members[1].1 = [0x3B] + [UInt8](repeating: 0xFF, count: 8)
        case "unsorted": members.swapAt(2, 3)
        default: break
        }
        #expect(Self.refusal(change == "no map" ? Encode.bytes([]) : Self.map(members)) == reason)
    }

    @Test(arguments: [
        (2048, 65_537, nil), (2048, 3, nil), (3072, 65_537, nil), (8192, 65_537, nil),
        (2047, 65_537, RefusalReason.unsoundPublicKey), (1024, 65_537, .unsoundPublicKey),
        (8193, 65_537, .unsoundPublicKey), (16_384, 65_537, .unsoundPublicKey), (2048, 1, .unsoundPublicKey),
        (2048, 65_536, .unsoundPublicKey), (2048, 0, .unsoundPublicKey),
    ])
    func `judges RSA keys by size`(bits: Int, exponent: Int, reason: RefusalReason?) {
        // Any odd number of so many bits will do: a modulus cannot be told from one.
        var modulus = [UInt8](repeating: 0xAB, count: (bits + 7) / 8)
        modulus[0] = UInt8(1 << ((bits - 1) % 8))
        let digits = (0..<8).map { UInt8(truncatingIfNeeded: exponent >> (56 - 8 * $0)) }.drop { $0 == 0 }
        for algorithm in [-257, -37] {
            let key = Self.map([
                (1, Encode.int(3)), (3, Encode.int(algorithm)), (-1, Encode.bytes(modulus)),
                (-2, Encode.bytes(Array(digits))),
            ])
            #expect(Self.refusal(key) == reason)
        }
    }

    @Test(arguments: [
        ("even modulus", RefusalReason.unsoundPublicKey), ("leading zero", .unsoundPublicKey),
        ("exponent with a leading zero", .unsoundPublicKey), ("long exponent", .unsoundPublicKey),
        ("empty", .unsoundPublicKey), ("no exponent", .malformedPublicKey), ("private", .malformedPublicKey),
    ])
    func `refuses other RSA keys`(change: String, reason: RefusalReason) {
        var modulus = [UInt8](repeating: 0xAB, count: 256)
        var exponent: [UInt8] = [1, 0, 1]
        switch change {
        case "even modulus": modulus[255] = 0xAA
        case "leading zero": modulus.insert(0, at: 0)
        case "exponent with a leading zero": exponent.insert(0, at: 0)
        case "long exponent": exponent = [UInt8](repeating: 0xFF, count: 9)
        case "empty": (modulus, exponent) = ([], [])
        default: break
        }
        var members = [
            (1, Encode.int(3)), (3, Encode.int(-257)), (-1, Encode.bytes(modulus)), (-2, Encode.bytes(exponent)),
        ]
        if change == "no exponent" { members.removeLast() }
        if change == "private" { members.append((-3, Encode.bytes([1]))) }
        #expect(Self.refusal(Self.map(members)) == reason)
    }

    @Test(arguments: [
        ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", nil),
        // y = 2 has no x; y = 0 and y = 1 have small orders, as has the fourth; the fifth is not below the field's size.
        ("0200000000000000000000000000000000000000000000000000000000000000", RefusalReason.unsoundPublicKey),
        ("0000000000000000000000000000000000000000000000000000000000000000", .unsoundPublicKey),
        ("0100000000000000000000000000000000000000000000000000000000000000", .unsoundPublicKey),
        ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", .unsoundPublicKey),
        ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", .unsoundPublicKey),
        ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", .unsoundPublicKey),
        ("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", .unsoundPublicKey),
        ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751", .malformedPublicKey),
    ])
    func `judges Edwards points`(hexadecimal: String, reason: RefusalReason?) {
        let key = Self.map([
            (1, Encode.int(1)), (3, Encode.int(-8)), (-1, Encode.int(6)), (-2, Encode.bytes(bytes(hex: hexadecimal)!)),
        ])
        #expect(Self.refusal(key) == reason)
    }

    @Test(arguments: [(-48, 1312), (-49, 1952), (-50, 2592)])
    func `knows the sizes of lattice keys`(algorithm: Int, size: Int) {
        func key(_ size: Int) -> [UInt8] {
            Self.map([
                (1, Encode.int(7)), (3, Encode.int(algorithm)), (-1, Encode.bytes([UInt8](repeating: 7, count: size))),
            ])
        }
        #expect(Self.refusal(key(size)) == nil)
        #expect(Self.refusal(key(size - 1)) == .malformedPublicKey)
        #expect(Self.refusal(key(size + 1)) == .malformedPublicKey)
    }

    @Test func `recommends what every authenticator has one of, and never RS1`() {
        #expect(COSEAlgorithm.recommended.map(\.rawValue) == [-7, -8, -257])
        #expect(COSEAlgorithm.allCases.allSatisfy { $0.rawValue != -65535 })
    }
}
