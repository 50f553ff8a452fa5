/// The body of a request, taken piece by piece by who can do without all of it at once.
public protocol BodySource: AnyObject {
    /// How many bytes it has, as the request says.
    var byteCount: Int { get }

    /// The next piece, at least a byte; nil after the last one, and then all of it was there.
    ///
    /// - Throws: ``BodyCutShortError`` when the sender is gone, or takes too long.
    func next() throws(BodyCutShortError) -> [UInt8]?
}

/// A body ends before its end. Nobody is there to be answered.
public struct BodyCutShortError: Error, Equatable, Sendable {
    public init() {}
}

/// A body that is in memory already.
public final class BodyInMemory: BodySource {
    private let bytes: [UInt8]
    private var isTaken = false

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var byteCount: Int { bytes.count }

    public func next() -> [UInt8]? {
        guard !isTaken, !bytes.isEmpty else { return nil }
        isTaken = true
        return bytes
    }
}
