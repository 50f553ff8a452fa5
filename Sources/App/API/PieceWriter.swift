import HTTP
import JSON

/// Writes a document that is sent on the way, so that no more than a piece of it is ever in memory.
protocol PieceWriter {
    /// What was not sent yet.
    var bytes: [UInt8] { get }
    mutating func removeWritten()
}

extension Writer: PieceWriter {}

extension PieceWriter {
    /// Sends what is written, once it is worth it.
    mutating func sendPiece(to stream: any BodyStream) throws(StreamClosedError) {
        if bytes.count >= pieceBytes { try sendRest(to: stream) }
    }

    mutating func sendRest(to stream: any BodyStream) throws(StreamClosedError) {
        try stream.write(bytes)
        removeWritten()
    }
}

/// So much is worth sending.
let pieceBytes = 32 << 10
