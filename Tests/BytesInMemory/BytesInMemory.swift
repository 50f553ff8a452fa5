import PriceFiles

/// A file that is in memory already.
public struct BytesInMemory: ByteSource {
    private let bytes: [UInt8]
    private var isRead = false

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public mutating func next() -> [UInt8]? {
        guard !isRead, !bytes.isEmpty else { return nil }
        isRead = true
        return bytes
    }

    public mutating func rewind() { isRead = false }
}
