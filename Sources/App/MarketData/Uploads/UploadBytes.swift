import Compression
import Postgres
import PriceFiles

/// The bytes of an upload for `PriceFile`, unpacked, in the memory of a few stretches.
struct UploadBytes: ByteSource {
    private let chunks: UploadChunks
    private let limits: DecompressionLimits
    private var unpacking: Decompression?

    /// - Parameter maximumBytes: the most that may come out.
    init(_ chunks: UploadChunks, maximumBytes: Int) {
        (self.chunks, limits) = (chunks, DecompressionLimits(maximumBytes: maximumBytes))
    }

    mutating func next() throws -> [UInt8]? {
        // A few bytes may stand for many: what is looked at between any two stretches is looked at here.
        try chunks.check()
        if let unpacking { return try unpacking.next() }
        let unpacking = Decompression(limits) { [chunks] in try chunks.next() }
        self.unpacking = unpacking
        return try unpacking.next()
    }

    mutating func rewind() {
        unpacking = nil
        chunks.rewind()
    }
}

/// The pieces of an upload, one after the other, over a session of their own: the other one may be in the middle of storing
/// what is read here.
final class UploadChunks {
    private let upload: UploadRow
    private var db: Connection
    private let watch: (_ part: Double, _ db: inout Connection) throws -> Void
    private var number = 0, readBytes = 0

    /// The upload was removed meanwhile.
    struct GoneError: Error {}

    /// - Parameters:
    ///   - db: a session of ``session(_:_:)``.
    ///   - watch: called between any two stretches with the part that is read, 0 to 1; what it throws ends the reading.
    init(
        _ upload: UploadRow, over db: consuming Connection,
        watch: @escaping (_ part: Double, _ db: inout Connection) throws -> Void
    ) {
        (self.upload, self.watch) = (upload, watch)
        self.db = db
    }

    // The server learns of the end of a session in its own time, and others may wait for the place that this one has.
    deinit { _ = try? db.run(.leavingPlaces()) }

    static func session(_ configuration: Configuration, _ program: String) throws -> Connection {
        try Connection(
            configuration.databaseDirectURL,
            SessionSettings(
                applicationName: program + " upload", connectTimeoutSeconds: 3,
                statementTimeoutMilliseconds: configuration.databaseStatementTimeoutMilliseconds,
                lockTimeoutMilliseconds: UploadLook.lockMilliseconds))
    }

    func check() throws { try watch(min(1, Double(readBytes) / Double(upload.bytes)), &db) }

    func next() throws -> [UInt8]? {
        guard readBytes < upload.bytes else { return nil }
        guard let bytes = try db.run(.chunk(number, of: upload.id)) else { throw GoneError() }
        number += 1
        readBytes += bytes.count
        return bytes
    }

    func rewind() { (number, readBytes) = (0, 0) }
}
