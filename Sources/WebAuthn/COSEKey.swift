import Crypto

/// A credential public key (RFC 9052 section 7, with the restrictions of 5.8.5): an algorithm, and its own kind of key.
struct COSEKey: Sendable, Equatable {
    let algorithm: COSEAlgorithm
    let key: PublicKey

    /// Reads the canonical encoding. Members are the algorithm's own and no others, so a private key is refused too.
    ///
    /// Whether the key is sound is not asked here but once, when it is registered.
    init(_ bytes: [UInt8]) throws(WebAuthnRefusal) {
        let item: CBOR
        do throws(CBORError) {
            item = try CBORReader.item(of: bytes)
        } catch {
            throw Self.refusal("\(error.code) at \(error.offset)")
        }
        guard case .map(let map) = item, map.isSorted else { throw Self.refusal("no map in canonical order") }
        guard let number = map[Label.algorithm]?.int else { throw Self.refusal("no algorithm") }
        guard let algorithm = COSEAlgorithm(rawValue: number) else {
            throw WebAuthnRefusal(.algorithmNotOffered, "algorithm \(number)")
        }
        self.algorithm = algorithm
        switch algorithm {
        case .es256, .esp256: key = try Self.elliptic(map, .p256, curve: 1)
        case .es384, .esp384: key = try Self.elliptic(map, .p384, curve: 2)
        case .es512, .esp512: key = try Self.elliptic(map, .p521, curve: 3)
        case .edDSA, .ed25519: key = try Self.edwards(map, .ed25519, curve: 6)
        case .ed448: key = try Self.edwards(map, .ed448, curve: 7)
        case .rs256, .ps256: key = try Self.rsa(map)
        case .mlDSA44: key = try Self.moduleLattice(map, .mlDSA44)
        case .mlDSA65: key = try Self.moduleLattice(map, .mlDSA65)
        case .mlDSA87: key = try Self.moduleLattice(map, .mlDSA87)
        }
    }

    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        key.verifies(signature, of: message, algorithm.scheme)
    }

    // MARK: Kinds of keys

    private enum Label {
        static let type = 1, algorithm = 3
        static let curve = -1, x = -2, y = -3
        static let modulus = -1, exponent = -2
        static let latticeKey = -1
    }
    private enum KeyType {
        static let octetPair = 1, elliptic = 2, rsa = 3, algorithmPair = 7
    }

    private static func elliptic(
        _ map: CBORMap, _ curve: EllipticCurve, curve number: Int
    ) throws(WebAuthnRefusal) -> PublicKey {
        // A compressed point has a boolean for y, which 5.8.5 forbids.
        guard map.count == 5, map[Label.type]?.int == KeyType.elliptic, map[Label.curve]?.int == number,
            let x = map[Label.x]?.bytesValue, let y = map[Label.y]?.bytesValue, let key = PublicKey(curve, x: x, y: y)
        else { throw refusal("not an uncompressed point of curve \(number)") }
        return key
    }

    private static func edwards(
        _ map: CBORMap, _ curve: EdwardsCurve, curve number: Int
    ) throws(WebAuthnRefusal) -> PublicKey {
        guard map.count == 4, map[Label.type]?.int == KeyType.octetPair, map[Label.curve]?.int == number,
            let point = map[Label.x]?.bytesValue, point.count == curve.keyBytes
        else { throw refusal("not a point of curve \(number)") }
        return .edwards(curve, point: point)
    }

    private static func rsa(_ map: CBORMap) throws(WebAuthnRefusal) -> PublicKey {
        guard map.count == 4, map[Label.type]?.int == KeyType.rsa, let modulus = map[Label.modulus]?.bytesValue,
            let exponent = map[Label.exponent]?.bytesValue
        else { throw refusal("not an RSA key") }
        return .rsa(modulus: modulus, exponent: exponent)
    }

    private static func moduleLattice(
        _ map: CBORMap, _ lattice: ModuleLattice
    ) throws(WebAuthnRefusal) -> PublicKey {
        guard map.count == 3, map[Label.type]?.int == KeyType.algorithmPair,
            let key = map[Label.latticeKey]?.bytesValue, key.count == lattice.keyBytes
        else { throw refusal("not a key of ML-DSA") }
        return .moduleLattice(lattice, key: key)
    }

    private static func refusal(_ detail: String) -> WebAuthnRefusal { WebAuthnRefusal(.malformedPublicKey, detail) }
}
