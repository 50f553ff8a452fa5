internal import COpenSSL

/// One-shot digests.
///
///     hex(Digest.sha256(Array("abc".utf8))).prefix(8)     // "ba7816bf"
public enum Digest {
    /// SHA-256 (FIPS 180-4); 32 bytes.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        hash(bytes, with: .sha256)
    }
}

/// A SHA-256 of bytes that arrive in pieces.
///
/// Not copyable: the state is OpenSSL's and has one owner. Not having it is not survivable, so running out of memory
/// ends the process.
public struct SHA256: ~Copyable {
    private let context: OpaquePointer  // EVP_MD_CTX *

    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, HashFunction.sha256.implementation, nil) == 1
        else {
            fatalError("OpenSSL offers no SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    public mutating func update(_ bytes: [UInt8]) {
        let status = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        precondition(status == 1, "OpenSSL refused a SHA-256 update")
    }

    /// The 32 bytes; ends the digest.
    public consuming func finish() -> [UInt8] {
        let context = context
        return [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            precondition(EVP_DigestFinal_ex(context, buffer.baseAddress, nil) == 1, "OpenSSL refused a SHA-256 result")
            count = 32
        }
    }
}

/// HMAC-SHA-256 (RFC 2104); 32 bytes. Any key length, also none.
public func hmacSHA256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
        var written = 0
        let result = key.withUnsafeBytes { key in
            message.withUnsafeBytes { message in
                EVP_Q_mac(
                    nil, "HMAC", nil, "SHA256", nil, key.baseAddress, key.count, message.baseAddress, message.count,
                    buffer.baseAddress, 32, &written)
            }
        }
        precondition(result != nil && written == 32, "OpenSSL refused an HMAC")
        count = written
    }
}

/// Whether two secrets are equal, in a time that depends on their length only.
public func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    return a.withUnsafeBytes { a in b.withUnsafeBytes { b in CRYPTO_memcmp(a.baseAddress, b.baseAddress, a.count) } }
        == 0
}
