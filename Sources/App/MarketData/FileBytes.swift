import Compression
import PriceFiles
import System

/// The bytes of a file for `PriceFile`, out of gzip, zip, zstd or tar if they are in one.
public struct FileBytes: ByteSource {
    /// The largest file that is read, and the most that may come out of one.
    public static let maximumBytes = 4 << 30

    private let file: RereadableFile
    private var unpacked: Decompression?

    /// - Parameter path: `-` is standard input.
    /// - Throws: `SystemError`; `next` and `rewind` also `DecompressionError`.
    public init(_ path: String) throws { file = try RereadableFile(path, maximumBytes: Self.maximumBytes) }

    public mutating func next() throws -> [UInt8]? {
        if let unpacked { return try unpacked.next() }
        let file = file
        let unpacking = Decompression(DecompressionLimits(maximumBytes: Self.maximumBytes)) { try file.next() }
        unpacked = unpacking
        return try unpacking.next()
    }

    public mutating func rewind() throws {
        unpacked = nil
        try file.rewind()
    }
}
