/// No answer, or none that may be read. Branch on ``code``; ``message`` is for the log and holds no part of what was
/// sent or received.
public struct ExchangeError: Error, Sendable, Equatable {
    public enum Code: String, Sendable {
        /// Not sent: the address is none that may be asked.
        case addressRefused
        /// No name, no route, nobody listening.
        case unreachable
        case timedOut
        /// Whoever asked wants no answer any more.
        case unwanted
        /// The server is not who it should be, or speaks no TLS that may be trusted.
        case notTrusted
        /// More bytes than ``Limits`` allow.
        case tooLarge
        /// What came was not HTTP, or broke off.
        case broken
    }

    public let code: Code
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
