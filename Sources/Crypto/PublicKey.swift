/// A public key as its parts; only ``isSound()`` says whether they are a key at all.
///
/// A value and nothing else, so two keys can be compared and none of them owns memory of OpenSSL.
public enum PublicKey: Hashable, Sendable {
    /// The uncompressed point of SEC 1: 4, x, y, both as long as the field.
    case elliptic(EllipticCurve, point: [UInt8])
    /// A point in the encoding of RFC 8032.
    case edwards(EdwardsCurve, point: [UInt8])
    /// Big-endian unsigned integers.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// FIPS 204; only newer versions of OpenSSL (3.5) verify with it.
    case moduleLattice(ModuleLattice, key: [UInt8])

    /// The point with the coordinates `x` and `y`; nil when one of them is not as long as the field.
    public init?(_ curve: EllipticCurve, x: [UInt8], y: [UInt8]) {
        guard x.count == curve.fieldBytes, y.count == curve.fieldBytes else { return nil }
        self = .elliptic(curve, point: [4] + x + y)
    }
}

/// The prime curves of NIST SP 800-186 that signatures use.
public enum EllipticCurve: Sendable, Hashable, CaseIterable {
    case p256, p384, p521

    /// Bytes of a coordinate.
    public var fieldBytes: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }

    var name: String {
        switch self {
        case .p256: "P-256"
        case .p384: "P-384"
        case .p521: "P-521"
        }
    }
}

/// The curves of RFC 8032.
public enum EdwardsCurve: Sendable, Hashable, CaseIterable {
    case ed25519, ed448

    /// Bytes of a public key.
    public var keyBytes: Int { self == .ed25519 ? 32 : 57 }

    var name: String { self == .ed25519 ? "ED25519" : "ED448" }
}

/// The parameter sets of ML-DSA (FIPS 204).
public enum ModuleLattice: Sendable, Hashable, CaseIterable {
    case mlDSA44, mlDSA65, mlDSA87

    /// Bytes of a public key.
    public var keyBytes: Int {
        switch self {
        case .mlDSA44: 1312
        case .mlDSA65: 1952
        case .mlDSA87: 2592
        }
    }

    var name: String {
        switch self {
        case .mlDSA44: "ML-DSA-44"
        case .mlDSA65: "ML-DSA-65"
        case .mlDSA87: "ML-DSA-87"
        }
    }
}

/// How a signature was made; the key says the rest.
public enum SignatureScheme: Sendable, Hashable {
    /// The signature is the DER sequence of r and s.
    case ecdsa(HashFunction)
    /// Ed25519 or Ed448 without prehash or context (RFC 8032).
    case eddsa
    /// RSASSA-PKCS1-v1_5 (RFC 8017).
    case rsaPKCS1(HashFunction)
    /// RSASSA-PSS with MGF1 of the same hash and a salt as long as it, as JOSE and COSE have it.
    case rsaPSS(HashFunction)
    /// ML-DSA without prehash and with an empty context.
    case moduleLattice
}

/// The sizes of RSA keys that are taken: below it is weak, above it is a way to keep the processor busy.
public enum RSALimits {
    public static let modulusBits = 2048...8192
    /// Longer exponents exist in no real key and slow every verification.
    public static let maxExponentBytes = 8
}
