internal import COpenSSL
internal import Synchronization

/// Verifies ECDSA on one curve for one key after the other.
///
/// Making a key costs OpenSSL a third of the time of a P-256 verification, nearly all of it for finding the curve again.
/// So a curve keeps one key and one context for the life of the process, and only the point changes.
struct EllipticVerifier: ~Copyable {
    private let key: OpaquePointer  // EVP_PKEY *
    private let context: OpaquePointer  // EVP_PKEY_CTX *
    private let pointBytes: Int

    private static let p256 = Mutex(EllipticVerifier(.p256))
    private static let p384 = Mutex(EllipticVerifier(.p384))
    private static let p521 = Mutex(EllipticVerifier(.p521))

    static func verifies(_ signature: [UInt8], digest: [UInt8], point: [UInt8], on curve: EllipticCurve) -> Bool {
        switch curve {
        case .p256: p256.withLock { $0.verifies(signature, digest: digest, point: point) }
        case .p384: p384.withLock { $0.verifies(signature, digest: digest, point: point) }
        case .p521: p521.withLock { $0.verifies(signature, digest: digest, point: point) }
        }
    }

    /// A key with a curve and as yet without a point.
    private init(_ curve: EllipticCurve) {
        pointBytes = 1 + 2 * curve.fieldBytes
        guard let key = makeKey(curve), let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil),
            EVP_PKEY_verify_init(context) == 1
        else {
            fatalError("OpenSSL offers no \(curve.name)")
        }
        self.key = key
        self.context = context
    }

    deinit {
        EVP_PKEY_CTX_free(context)
        EVP_PKEY_free(key)
    }

    private mutating func verifies(_ signature: [UInt8], digest: [UInt8], point: [UInt8]) -> Bool {
        // Refuses what is not on the curve. The key may then still have its last point, which must not be asked.
        guard point.count == pointBytes, point[0] == 4, EVP_PKEY_set1_encoded_public_key(key, point, point.count) == 1
        else { return false }
        return EVP_PKEY_verify(context, signature, signature.count, digest, digest.count) == 1
    }
}
