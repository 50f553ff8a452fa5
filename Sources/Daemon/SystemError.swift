import Glibc

/// A system call that failed. Branch on ``number``; ``description`` is for the log.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was tried, with the path where there is one.
    public let operation: String
    /// `errno`.
    public let number: Int32

    public init(_ operation: String, _ number: Int32 = errno) {
        self.operation = operation
        self.number = number
    }

    public var description: String {
        var text = [CChar](repeating: 0, count: 128)
        guard strerror_r(number, &text, text.count) == 0 else { return "\(operation): error \(number)" }
        return "\(operation): " + text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}

/// A file descriptor with one owner, closed when the owner ends.
public struct Descriptor: ~Copyable, Sendable {
    /// Valid as long as this value is.
    public let raw: Int32

    public init(owning raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// Gives the number away; the caller closes it.
    public consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }
}
