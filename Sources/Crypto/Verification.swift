internal import COpenSSL

extension PublicKey {
    /// Whether `signature` is one of `message` by the holder of this key. A key or scheme that is no such thing, or
    /// does not fit the other, verifies nothing.
    public func verifies(_ signature: [UInt8], of message: [UInt8], _ scheme: SignatureScheme) -> Bool {
        // A refusal leaves its reasons in OpenSSL's queue, where they would be taken for those of a later failure.
        defer { ERR_clear_error() }
        switch (self, scheme) {
        case (.elliptic(let curve, let point), .ecdsa(let function)):
            let digest = Digest.hash(message, with: function)
            return EllipticVerifier.verifies(signature, digest: digest, point: point, on: curve)
        case (.edwards, .eddsa), (.moduleLattice, .moduleLattice):
            guard let key = KeyHandle(self) else { return false }
            return key.verifies(signature, of: message, nil, padding: nil)
        case (.rsa(let modulus, _), .rsaPKCS1(let function)):
            guard Self.isAsLong(signature, modulus), let key = KeyHandle(self) else { return false }
            return key.verifies(signature, of: message, function, padding: RSA_PKCS1_PADDING)
        case (.rsa(let modulus, _), .rsaPSS(let function)):
            guard Self.isAsLong(signature, modulus), let key = KeyHandle(self) else { return false }
            return key.verifies(signature, of: message, function, padding: RSA_PKCS1_PSS_PADDING)
        default: return false
        }
    }

    /// Whether a signature has as many bytes as the modulus (RFC 8017, 8.1.2 and 8.2.2, step 1): OpenSSL takes one of PSS that
    /// lacks zeros at its beginning for the same number.
    private static func isAsLong(_ signature: [UInt8], _ modulus: [UInt8]) -> Bool {
        signature.count == modulus.drop { $0 == 0 }.count
    }
}
