import Crypto

/// How an archive lies in its file.
///
/// A header: `BSTZ` `BKUP`, the format's number (1), and 0 for an archive in clear or 1 for one that is encrypted. Of an
/// encrypted one 8 bytes follow that tell the key from others, 32 random ones from which its own key is made
/// (HMAC-SHA-256 of the header under the key), and the 7 of a ``SealedStream``'s prefix; then come its chunks of 64 KiB, the
/// last one shorter. Inside, or at once where it is in clear, are parts: a letter, four bytes with the length of what
/// follows, most significant first. `M` is the manifest, JSON; `D` a stretch of the dump as pg_dump writes it in its
/// custom format; `S`, the last one, holds the SHA-256 of manifest and dump, JSON again.
enum ArchiveFormat {
    static let magic = Array("BSTZBKUP".utf8)
    static let number: UInt8 = 1
    static let chunkLength = 65_536
    static let saltLength = 32
    static let fingerprintLength = 8
    /// Magic, number and kind.
    static let startLength = 10
    static let encryptedLength = startLength + fingerprintLength + saltLength + SealedStream.prefixLength

    static let clear: UInt8 = 0
    static let encrypted: UInt8 = 1

    enum Part: UInt8 {
        case manifest = 0x4D
        case dump = 0x44
        case seal = 0x53

        /// More is not read into memory.
        var maximumLength: Int { self == .dump ? 1 << 20 : 16 << 20 }
    }
}
