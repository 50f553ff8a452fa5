internal import COpenSSL

/// A stream that is encrypted and authenticated chunk by chunk, and as a whole: AES-256-GCM (NIST SP 800-38D) in the
/// construction STREAM of Hoang, Reyhanitabar, Rogaway and Vizár ("Online Authenticated-Encryption and its Nonce-Reuse
/// Misuse-Resistance", CRYPTO 2015).
///
/// The nonce of a chunk is the stream's prefix, the chunk's number and whether it is the last one, so that a chunk opens
/// in its own place of its own stream only: what was changed, moved, left out, added or cut off does not open.
///
///     var sealer = SealedStream.Sealer(key: key, prefix: prefix)
///     var opener = SealedStream.Opener(key: key, prefix: prefix)
///     let sealed = sealer.seal([1, 2, 3], isLast: true)
///     opener.open(sealed, isLast: true)     // [1, 2, 3]
public enum SealedStream {
    public static let keyLength = 32
    /// Bytes of a prefix, which no other stream under the same key may have.
    public static let prefixLength = 7
    /// By how many bytes a chunk grows.
    public static let tagLength = 16

    /// Encrypts. All chunks but the last should have the same length, or the reader does not find their ends.
    public struct Sealer: ~Copyable {
        private var cipher: ChunkCipher

        /// - Precondition: the lengths are those of ``SealedStream``.
        public init(key: [UInt8], prefix: [UInt8]) { cipher = ChunkCipher(key, prefix, encrypts: true) }

        /// The next chunk with its tag behind it.
        public mutating func seal(_ chunk: [UInt8], isLast: Bool) -> [UInt8] {
            guard let sealed = cipher.run(chunk[...], tag: nil, isLast: isLast) else {
                fatalError("OpenSSL refused to encrypt")
            }
            return sealed
        }
    }

    /// Decrypts. After the first chunk that is refused there is nothing more to be had.
    public struct Opener: ~Copyable {
        private var cipher: ChunkCipher
        private var isOver = false

        /// - Precondition: the lengths are those of ``SealedStream``.
        public init(key: [UInt8], prefix: [UInt8]) { cipher = ChunkCipher(key, prefix, encrypts: false) }

        /// What the next chunk holds; nil when it is not the one that was sealed in this place.
        ///
        /// - Parameter isLast: nothing comes after it.
        public mutating func open(_ chunk: [UInt8], isLast: Bool) -> [UInt8]? {
            guard !isOver, chunk.count >= tagLength else { return nil }
            let opened = cipher.run(
                chunk.dropLast(tagLength), tag: Array(chunk.suffix(tagLength)), isLast: isLast)
            isOver = isLast || opened == nil
            return opened
        }
    }
}

/// AES-256-GCM with nonces that count.
struct ChunkCipher: ~Copyable {
    private let context: OpaquePointer  // EVP_CIPHER_CTX *
    private let prefix: [UInt8]
    private let encrypts: Bool
    private var number: UInt32 = 0
    private var isOver = false

    init(_ key: [UInt8], _ prefix: [UInt8], encrypts: Bool) {
        precondition(key.count == SealedStream.keyLength && prefix.count == SealedStream.prefixLength)
        guard let context = EVP_CIPHER_CTX_new(),
            EVP_CipherInit_ex2(context, Self.implementation, key, nil, encrypts ? 1 : 0, nil) == 1
        else { fatalError("OpenSSL offers no AES-256-GCM") }
        self.context = context
        self.prefix = prefix
        self.encrypts = encrypts
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// - Parameter tag: of a chunk to decrypt.
    /// - Returns: what was encrypted with its tag, or what was decrypted; nil for a tag that is not right.
    mutating func run(_ bytes: ArraySlice<UInt8>, tag: [UInt8]?, isLast: Bool) -> [UInt8]? {
        precondition(!isOver, "a stream has one last chunk")
        defer { ERR_clear_error() }
        let nonce = prefix + (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } + [isLast ? 1 : 0]
        // 256 TiB in chunks of 64 KiB: a number is never used twice.
        guard !number.addingReportingOverflow(1).overflow else { return nil }
        number += 1
        isOver = isLast
        guard EVP_CipherInit_ex2(context, nil, nil, nonce, -1, nil) == 1 else { return nil }
        var isRight = true
        let capacity = bytes.count + (encrypts ? SealedStream.tagLength : 0)
        let output = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            var written: CInt = 0, rest: CInt = 0
            // An empty array may have no address, and none means data that is only authenticated.
            if !bytes.isEmpty {
                isRight = bytes.withUnsafeBufferPointer {
                    EVP_CipherUpdate(context, buffer.baseAddress, &written, $0.baseAddress, CInt($0.count)) == 1
                }
            }
            if let tag, isRight {
                var tag = tag
                isRight = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, CInt(tag.count), &tag) == 1
            }
            var nothing: UInt8 = 0  // the mode has no padding, so the end adds no byte
            isRight = isRight && EVP_CipherFinal_ex(context, &nothing, &rest) == 1
            if encrypts, isRight {
                isRight =
                    EVP_CIPHER_CTX_ctrl(
                        context, EVP_CTRL_AEAD_GET_TAG, CInt(SealedStream.tagLength),
                        buffer.baseAddress! + bytes.count) == 1
            }
            count = isRight ? capacity : 0
        }
        return isRight ? output : nil
    }

    // Immutable and reference-counted inside OpenSSL; it lives as long as the process.
    private nonisolated(unsafe) static let implementation: OpaquePointer = {
        guard let cipher = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else {
            fatalError("OpenSSL offers no AES-256-GCM")
        }
        return cipher
    }()
}
