/// Where the body of a large answer goes piece by piece while it is made, so that it is never in memory whole.
public protocol BodyStream: AnyObject {
    /// The head of the answer; what it has as a body is left aside. Once, before the first piece.
    func begin(_ head: Response)

    /// - Throws: ``StreamClosedError`` when the reader is gone, or takes too long: there is no use in going on.
    func write(_ piece: [UInt8]) throws(StreamClosedError)

    /// Bytes written of this answer so far; 0 where none comes piece by piece.
    var writtenBytes: Int { get }

    /// The body is whole. Without it the reader sees that something is missing.
    func end()
}

/// Nobody takes what is written.
public struct StreamClosedError: Error, Equatable, Sendable {
    /// `errno` where it is for want of a place to keep it, and not of a reader.
    public let number: Int32?

    public init(_ number: Int32? = nil) { self.number = number }
}
