import Crypto
import JSON
import System

/// Writes an archive from its beginning to its end, in little memory.
struct ArchiveWriter: ~Copyable {
    private var sealer: SealedStream.Sealer?
    /// What is not a whole chunk yet.
    private var pending: [UInt8] = []
    private var dumpHash = SHA256()
    private(set) var dumpBytes = 0
    private let manifestHash: [UInt8]
    private let sink: ([UInt8]) throws -> Void

    /// - Parameters:
    ///   - key: nil: in clear.
    ///   - sink: takes the bytes of the file.
    init(_ manifest: [UInt8], key: BackupKey?, sink: @escaping ([UInt8]) throws -> Void) throws {
        self.sink = sink
        manifestHash = Digest.sha256(manifest)
        var header = ArchiveFormat.magic + [ArchiveFormat.number]
        if let key {
            header += [ArchiveFormat.encrypted] + key.fingerprint
            header += Random.bytes(ArchiveFormat.saltLength + SealedStream.prefixLength)
            sealer = SealedStream.Sealer(
                key: key.key(ofArchive: header), prefix: Array(header.suffix(SealedStream.prefixLength)))
        } else {
            header.append(ArchiveFormat.clear)
        }
        try sink(header)
        try put(.manifest, manifest)
    }

    /// The next stretch of the dump.
    mutating func dump(_ bytes: [UInt8]) throws {
        precondition(bytes.count <= ArchiveFormat.Part.dump.maximumLength)
        dumpHash.update(bytes)
        dumpBytes += bytes.count
        try put(.dump, bytes)
    }

    /// After the last one.
    consuming func finish() throws {
        var hash = SHA256()
        swap(&hash, &dumpHash)
        let seal: Object = [
            "manifest_sha256": .string(hex(manifestHash)), "dump_bytes": .number(Number(dumpBytes)),
            "dump_sha256": .string(hex(hash.finish())),
        ]
        try put(.seal, Value.object(seal).bytes)
        try flush(isLast: true)
    }

    private mutating func put(_ part: ArchiveFormat.Part, _ bytes: [UInt8]) throws {
        pending.append(part.rawValue)
        for shift in [24, 16, 8, 0] { pending.append(UInt8(truncatingIfNeeded: bytes.count >> shift)) }
        pending += bytes
        try flush(isLast: false)
    }

    /// A whole chunk waits until something comes behind it: it could be the last one.
    private mutating func flush(isLast: Bool) throws {
        guard sealer != nil else {
            try sink(pending)
            pending.removeAll(keepingCapacity: true)
            return
        }
        var start = 0
        while pending.count - start > ArchiveFormat.chunkLength {
            let chunk = Array(pending[start..<start + ArchiveFormat.chunkLength])
            try sink(sealer!.seal(chunk, isLast: false))
            start += ArchiveFormat.chunkLength
        }
        pending.removeFirst(start)
        if isLast { try sink(sealer!.seal(pending, isLast: true)) }
    }
}
