import Crypto
import Glibc
import JSON
import System

/// Reads an archive from its beginning to its end, in little memory, and refuses one that is not as it was written.
///
/// What an encrypted one gives has been authenticated up to there, but only ``Contents/seal`` says that it was all.
struct ArchiveReader: ~Copyable {
    enum Contents {
        case manifest([UInt8])
        case dump([UInt8])
        case seal(Seal)
    }

    /// What the end of an archive says of the whole.
    struct Seal: Equatable {
        let dumpBytes: Int
        let dumpHash: String
        let manifestHash: String
    }

    private let file: Int32
    private let name: String
    private var opener: SealedStream.Opener?
    /// Decrypted, and not handed over yet.
    private var plain: [UInt8] = [], position = 0
    /// The chunk that was read before it was known whether it is the last one.
    private var ahead: [UInt8] = []
    private var isAtEnd = false
    private var manifestHash: [UInt8]?
    private var dumpHash = SHA256(), dumpBytes = 0
    private var isSealed = false

    let isEncrypted: Bool

    /// - Parameters:
    ///   - file: at its beginning; stays the caller's.
    ///   - name: how messages call it.
    /// - Throws: ``BackupRefusal``.
    init(_ file: Int32, named name: String, key: BackupKey?) throws(BackupRefusal) {
        let secrets = try Self.header(of: file, name, key)
        let ahead =
            secrets == nil ? [] : try Self.read(file, name, ArchiveFormat.chunkLength + SealedStream.tagLength)
        self.file = file
        self.name = name
        self.ahead = ahead
        isEncrypted = secrets != nil
        if let secrets { opener = SealedStream.Opener(key: secrets.key, prefix: secrets.prefix) }
    }

    /// What the chunks are opened with; nil for an archive in clear.
    private static func header(
        of file: Int32, _ name: String, _ key: BackupKey?
    ) throws(BackupRefusal) -> (key: [UInt8], prefix: [UInt8])? {
        var header = try Self.read(file, name, ArchiveFormat.startLength)
        guard header.count == ArchiveFormat.startLength, header.starts(with: ArchiveFormat.magic) else {
            throw BackupRefusal(.badArchive, "\(name) is no archive that bitstockerz backup has made")
        }
        guard header[8] == ArchiveFormat.number, header[9] <= ArchiveFormat.encrypted else {
            throw BackupRefusal(
                .badArchive, "\(name) has a format that this release does not know: use the one that made it")
        }
        guard header[9] == ArchiveFormat.encrypted else {
            // Whoever has a key expects what only the key can make.
            guard key == nil else {
                throw BackupRefusal(
                    .badArchive, "\(name) is not encrypted: leave out --key if you trust where it comes from")
            }
            return nil
        }
        guard let key else {
            throw BackupRefusal(.badKey, "\(name) is encrypted: give its key with --key FILE")
        }
        header += try Self.read(file, name, ArchiveFormat.encryptedLength - ArchiveFormat.startLength)
        guard header.count == ArchiveFormat.encryptedLength else { throw Self.damage(name) }
        let fingerprint = header[ArchiveFormat.startLength...].prefix(ArchiveFormat.fingerprintLength)
        guard Array(fingerprint) == key.fingerprint else {
            throw BackupRefusal(.badKey, "\(name) was encrypted with another key: give that one with --key FILE")
        }
        return (key.key(ofArchive: header), Array(header.suffix(SealedStream.prefixLength)))
    }

    /// The next part; nil once the seal was read, everything agreed with it, and nothing came after it.
    mutating func next() throws(BackupRefusal) -> Contents? {
        if isSealed {
            guard try take(1).isEmpty else { throw damage }
            return nil
        }
        let head = try take(5)
        guard head.count == 5, let part = ArchiveFormat.Part(rawValue: head[0]) else { throw damage }
        let length = head.dropFirst().reduce(0) { $0 << 8 | Int($1) }
        guard length <= part.maximumLength, (manifestHash == nil) == (part == .manifest) else { throw damage }
        let bytes = try take(length)
        guard bytes.count == length else { throw damage }
        switch part {
        case .manifest:
            manifestHash = Digest.sha256(bytes)
            return .manifest(bytes)
        case .dump:
            dumpHash.update(bytes)
            dumpBytes += bytes.count
            return .dump(bytes)
        case .seal:
            isSealed = true
            return .seal(try checked(bytes))
        }
    }

    private mutating func checked(_ bytes: [UInt8]) throws(BackupRefusal) -> Seal {
        var hash = SHA256()
        swap(&hash, &dumpHash)
        let found = Seal(
            dumpBytes: dumpBytes, dumpHash: hex(hash.finish()), manifestHash: manifestHash.map { hex($0) } ?? "")
        guard case .object(let object)? = try? parse(bytes), object["dump_bytes"]?.numberValue?.int == found.dumpBytes,
            object["dump_sha256"]?.stringValue == found.dumpHash,
            object["manifest_sha256"]?.stringValue == found.manifestHash
        else { throw damage }
        return found
    }

    /// So many bytes of the contents, fewer at their end.
    private mutating func take(_ count: Int) throws(BackupRefusal) -> [UInt8] {
        guard opener != nil else { return try Self.read(file, name, count) }
        var taken: [UInt8] = []
        while true {
            let piece = plain[position...].prefix(count - taken.count)
            taken += piece
            position += piece.count
            if taken.count == count || isAtEnd { return taken }
            try openChunk()
        }
    }

    private mutating func openChunk() throws(BackupRefusal) {
        let following = try Self.read(file, name, ArchiveFormat.chunkLength + SealedStream.tagLength)
        isAtEnd = following.isEmpty
        guard let opened = opener!.open(ahead, isLast: isAtEnd) else { throw damage }
        (plain, position, ahead) = (opened, 0, following)
    }

    private var damage: BackupRefusal { Self.damage(name) }

    private static func damage(_ name: String) -> BackupRefusal {
        BackupRefusal(
            .badArchive,
            "\(name) is cut or was changed since it was written, so nothing of it is used: take another archive")
    }

    /// So many bytes of the file, fewer at its end.
    private static func read(_ file: Int32, _ name: String, _ count: Int) throws(BackupRefusal) -> [UInt8] {
        var number: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = Glibc.read(file, buffer.baseAddress! + filled, count - filled)
                if got < 0, errno == EINTR { continue }
                if got < 0 { number = errno }
                guard got > 0 else { return }
                filled += got
            }
        }
        guard number == 0 else {
            throw BackupRefusal(.noInput, SystemError("\(name) cannot be read", number).description)
        }
        return bytes
    }
}
