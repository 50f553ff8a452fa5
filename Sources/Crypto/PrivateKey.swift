internal import COpenSSL

/// A key that signs. OpenSSL holds it and wipes it when its one owner is done.
///
/// Any number of threads may sign with it at once: each signature has a context of its own, and the key never changes.
///
///     let key = PrivateKey(.elliptic(.p256))
///     let signature = key.sign(message, .ecdsa(.sha256))!
///     key.publicKey.verifies(signature, of: message, .ecdsa(.sha256))     // true
public struct PrivateKey: ~Copyable, @unchecked Sendable {
    /// The kinds that can be made here.
    public enum Kind: Sendable, Hashable {
        case elliptic(EllipticCurve)
        case edwards(EdwardsCurve)
        /// With the exponent 65,537.
        case rsa(bits: Int)
    }

    private let handle: KeyHandle

    /// The public half.
    public let publicKey: PublicKey

    /// Makes a new key.
    public init(_ kind: Kind) {
        let raw: OpaquePointer? =
            switch kind {
            case .elliptic(let curve): generate("EC") { EVP_PKEY_CTX_set_group_name($0, curve.name) }
            case .edwards(let curve): generate(curve.name) { _ in 1 }
            case .rsa(let bits): generate("RSA") { EVP_PKEY_CTX_set_rsa_keygen_bits($0, CInt(bits)) }
            }
        guard let raw, let publicKey = PublicKey(raw) else { fatalError("OpenSSL makes no key of the kind \(kind)") }
        handle = KeyHandle(owning: raw)
        self.publicKey = publicKey
    }

    /// Reads an unencrypted PEM file, PKCS #8 or the older forms; nil when it holds no private key of a known kind.
    public init?(pem: [UInt8]) {
        // An encrypted file asks for its password at the terminal, unless a callback has none.
        guard let raw = withPEM(pem, { PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in -1 }, nil) }) else {
            return nil
        }
        let handle = KeyHandle(owning: raw)
        guard let publicKey = PublicKey(handle.raw) else { return nil }
        self.handle = handle
        self.publicKey = publicKey
    }

    /// The signature of `message`, in the form ``SignatureScheme`` says; nil when the scheme is not one of this key.
    public borrowing func sign(_ message: [UInt8], _ scheme: SignatureScheme) -> [UInt8]? {
        defer { ERR_clear_error() }
        let function: HashFunction?
        let padding: CInt?
        switch (publicKey, scheme) {
        case (.elliptic, .ecdsa(let hash)): (function, padding) = (hash, nil)
        case (.edwards, .eddsa): (function, padding) = (nil, nil)
        case (.rsa, .rsaPKCS1(let hash)): (function, padding) = (hash, RSA_PKCS1_PADDING)
        case (.rsa, .rsaPSS(let hash)): (function, padding) = (hash, RSA_PKCS1_PSS_PADDING)
        default: return nil
        }
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        var parameters: OpaquePointer?  // EVP_PKEY_CTX *, owned by `context`
        var length = 0
        guard EVP_DigestSignInit_ex(context, &parameters, function?.name, nil, nil, handle.raw, nil) == 1,
            setPadding(padding, of: parameters),
            EVP_DigestSign(context, nil, &length, message, message.count) == 1
        else { return nil }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else { return nil }
        return Array(signature.prefix(length))
    }
}

private func generate(_ name: String, _ configure: (OpaquePointer) -> CInt) -> OpaquePointer? {
    guard let context = EVP_PKEY_CTX_new_from_name(nil, name, nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1, configure(context) == 1, EVP_PKEY_generate(context, &key) == 1 else {
        return nil
    }
    return key
}
