import Glibc

/// A program that could not be started, asked or ended, in words for the person at the terminal.
public struct SupervisionError: Error, Sendable, CustomStringConvertible {
    public let description: String
    /// 0 when no system call failed.
    public let errorNumber: Int32

    public init(_ description: String) {
        self.description = description
        errorNumber = 0
    }

    public init(_ what: String, errno number: Int32) {
        description = "\(what): \(String(cString: strerror(number)))"
        errorNumber = number
    }
}
