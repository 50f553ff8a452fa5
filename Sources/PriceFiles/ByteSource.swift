/// Bytes of a file that can be read more than once: what is in a file is only known at its end, and a file may be larger
/// than memory.
public protocol ByteSource {
    /// The next stretch, at least a byte; nil after the last one.
    mutating func next() throws -> [UInt8]?
    /// Back to the first byte.
    mutating func rewind() throws
}
