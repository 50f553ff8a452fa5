/// What one exchange may cost at most. The defaults fit an answer of a few kilobytes from a server that is well.
public struct Limits: Sendable, Equatable {
    /// Milliseconds for name, connection and TLS.
    public var connectMilliseconds: Int
    /// Milliseconds for everything, from the name to the last byte.
    public var totalMilliseconds: Int
    /// Bytes of the body, as they arrive: nothing is ever decompressed.
    public var maxBodyBytes: Int
    /// Bytes of all header lines.
    public var maxHeadBytes: Int

    public init(
        connectMilliseconds: Int = 3_000, totalMilliseconds: Int = 5_000, maxBodyBytes: Int = 65_536,
        maxHeadBytes: Int = 16_384
    ) {
        self.connectMilliseconds = connectMilliseconds
        self.totalMilliseconds = totalMilliseconds
        self.maxBodyBytes = maxBodyBytes
        self.maxHeadBytes = maxHeadBytes
    }
}
