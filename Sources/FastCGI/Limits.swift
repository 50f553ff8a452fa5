/// What one request and one process may cost.
public struct Limits: Sendable {
    /// A body of at most so many bytes is part of its request.
    public var maxBodyBytes: Int
    /// A larger body is refused with 413 before it is read; one between the two comes piece by piece, to who takes it.
    public var maxStreamedBodyBytes: Int
    /// Header fields, path and the web server's own parameters together; at most 56 KiB.
    public var maxParameterBytes: Int
    /// The process stops after this many; the next one starts with clean memory.
    public var maxRequests: Int
    /// Resident memory above which the process stops between requests.
    public var maxMemoryBytes: Int
    /// The web server buffers requests, so all of one is there at once. A peer that is slower is not it.
    public var readTimeoutMilliseconds: Int
    /// From the connection to the last byte of the answer. A reader that stalls is cut off here.
    public var requestTimeoutMilliseconds: Int

    /// What fits into a request where nothing else is said.
    public static let standardBodyBytes = 262_144

    public init(
        maxBodyBytes: Int = standardBodyBytes, maxStreamedBodyBytes: Int = 0, maxParameterBytes: Int = 49_152,
        maxRequests: Int, maxMemoryBytes: Int, readTimeoutMilliseconds: Int = 5_000, requestTimeoutMilliseconds: Int
    ) {
        self.maxBodyBytes = maxBodyBytes
        self.maxStreamedBodyBytes = max(maxBodyBytes, maxStreamedBodyBytes)
        self.maxParameterBytes = min(maxParameterBytes, 56 << 10)
        self.maxRequests = maxRequests
        self.maxMemoryBytes = maxMemoryBytes
        self.readTimeoutMilliseconds = readTimeoutMilliseconds
        self.requestTimeoutMilliseconds = requestTimeoutMilliseconds
    }
}

/// Why ``Responder/run`` returned. All but the last are in order.
public enum StopReason: Equatable, Sendable {
    /// TERM, INT or USR1.
    case signal
    case maxRequests
    /// Resident bytes.
    case memory(Int)
    /// Nothing can be accepted any more: an `errno`.
    case acceptFailed(Int32)
}

/// What became of one answer.
public enum Delivery: Equatable, Sendable {
    /// The web server has all of it.
    case sent
    /// The web server went away, as it does when its client has.
    case peerGone
    /// The web server did not take it in time.
    case timedOut
    /// A part went out, and the rest could not be made. It lacks the record that ends a request, by which the web server
    /// tells it from the whole (`nginx/whole-answers.conf`); so does one that timed out.
    case cutShort
}
