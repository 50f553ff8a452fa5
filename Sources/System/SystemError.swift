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

    public var description: String { "\(operation): \(reason)" }

    /// What the system says about ``number``: "No such file or directory".
    public var reason: String {
        var text = [CChar](repeating: 0, count: 128)
        guard strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
        return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}
