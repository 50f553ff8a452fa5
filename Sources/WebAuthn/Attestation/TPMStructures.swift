import Crypto

/// Reads the structures of the TPM 2.0 Library, Part 2: big-endian, with 16-bit lengths.
struct TPMReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer? {
        guard let bytes = take(Integer.bitWidth / 8) else { return nil }
        return bytes.reduce(0) { $0 << 8 | Integer($1) }
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// A TPM2B: a length and so many bytes.
    mutating func sized() -> ArraySlice<UInt8>? {
        guard let length = integer(UInt16.self) else { return nil }
        return take(Int(length))
    }
}

/// Algorithm identifiers of the TPM (Part 2, 6.3).
enum TPMAlgorithm {
    static let rsa: UInt16 = 0x0001
    static let null: UInt16 = 0x0010
    static let ecdaa: UInt16 = 0x001A
    static let ecc: UInt16 = 0x0023

    static func hash(_ identifier: UInt16) -> HashFunction? {
        switch identifier {
        case 0x0004: .sha1
        case 0x000B: .sha256
        case 0x000C: .sha384
        case 0x000D: .sha512
        default: nil
        }
    }
}

/// The public area of a TPM's key (TPMT_PUBLIC).
struct TPMPublicArea {
    /// By which the key's name is made.
    let nameAlgorithm: UInt16
    let key: PublicKey

    init?(_ bytes: [UInt8]) {
        var reader = TPMReader(bytes)
        guard let type = reader.integer(UInt16.self), let nameAlgorithm = reader.integer(UInt16.self),
            reader.integer(UInt32.self) != nil,  // attributes
            reader.sized() != nil,  // policy
            let key = type == TPMAlgorithm.rsa ? Self.rsa(&reader) : type == TPMAlgorithm.ecc ? Self.ecc(&reader) : nil,
            reader.isAtEnd
        else { return nil }
        self.nameAlgorithm = nameAlgorithm
        self.key = key
    }

    /// TPMS_RSA_PARMS and the modulus.
    private static func rsa(_ reader: inout TPMReader) -> PublicKey? {
        guard skipSymmetric(&reader), skipScheme(&reader), reader.integer(UInt16.self) != nil,  // bits
            let exponent = reader.integer(UInt32.self), let modulus = reader.sized()
        else { return nil }
        // Zero stands for the usual exponent.
        let number = exponent == 0 ? 65_537 : exponent
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
        return .rsa(modulus: Array(modulus.drop { $0 == 0 }), exponent: Array(bytes.drop { $0 == 0 }))
    }

    /// TPMS_ECC_PARMS and the point.
    private static func ecc(_ reader: inout TPMReader) -> PublicKey? {
        guard skipSymmetric(&reader), skipScheme(&reader), let number = reader.integer(UInt16.self),
            let curve = [3: EllipticCurve.p256, 4: .p384, 5: .p521][number], skipScheme(&reader),  // key derivation
            let x = reader.sized(), let y = reader.sized(), x.count <= curve.fieldBytes, y.count <= curve.fieldBytes
        else { return nil }
        func padded(_ coordinate: ArraySlice<UInt8>) -> [UInt8] {
            Array(repeating: 0, count: curve.fieldBytes - coordinate.count) + coordinate
        }
        return PublicKey(curve, x: padded(x), y: padded(y))
    }

    /// TPMT_SYM_DEF_OBJECT: an algorithm, then bits and mode unless it is none.
    private static func skipSymmetric(_ reader: inout TPMReader) -> Bool {
        guard let algorithm = reader.integer(UInt16.self) else { return false }
        return algorithm == TPMAlgorithm.null || reader.take(4) != nil
    }

    /// An asymmetric, signing or derivation scheme: an algorithm, then its hash unless it is none.
    private static func skipScheme(_ reader: inout TPMReader) -> Bool {
        guard let algorithm = reader.integer(UInt16.self) else { return false }
        return switch algorithm {
        case TPMAlgorithm.null: true
        case TPMAlgorithm.ecdaa: reader.take(4) != nil
        default: reader.take(2) != nil
        }
    }
}

/// What a TPM certifies about a key (TPMS_ATTEST of the kind TPMS_CERTIFY_INFO).
struct TPMCertification {
    let extraData: [UInt8]
    /// The name of the certified key.
    let name: [UInt8]

    init?(_ bytes: [UInt8]) {
        var reader = TPMReader(bytes)
        guard reader.integer(UInt32.self) == 0xFF54_4347,  // TPM_GENERATED_VALUE
            reader.integer(UInt16.self) == 0x8017,  // TPM_ST_ATTEST_CERTIFY
            reader.sized() != nil,  // qualified signer
            let extraData = reader.sized(),
            reader.take(17 + 8) != nil,  // clock and firmware: the standard says to ignore them
            let name = reader.sized(), reader.sized() != nil,  // qualified name
            reader.isAtEnd
        else { return nil }
        self.extraData = Array(extraData)
        self.name = Array(name)
    }
}
