/// Why bytes never became a ``Request``.
public enum RequestError: Error, Equatable, Sendable {
    /// Not a FastCGI responder request, or one without method or path.
    case malformedRequest
    case unknownMethod
    /// Dot or empty segments, an encoded slash or control character, a bad escape, text that is not UTF-8 or not
    /// stream-safe.
    case malformedPath
    case malformedQuery
    case malformedContentLength
    /// More parameters (header fields and path together) than this many bytes.
    case parametersTooLarge(limit: Int)
    case bodyTooLarge(limit: Int)

    public var status: Int {
        switch self {
        case .malformedRequest, .malformedPath, .malformedQuery, .malformedContentLength: 400
        case .unknownMethod: 405
        case .bodyTooLarge: 413
        case .parametersTooLarge: 431
        }
    }

    /// One sentence for the sender.
    public var detail: String {
        switch self {
        case .malformedRequest: "The request could not be understood."
        case .unknownMethod: "The request method is not supported."
        case .malformedPath: "The path is not valid: check its percent escapes and its dot or empty segments."
        case .malformedQuery: "The query is not valid: check its percent escapes."
        case .malformedContentLength: "The content length is not a number."
        case .parametersTooLarge(let limit): "The header fields are larger than \(limit) bytes."
        case .bodyTooLarge(let limit): "The body is larger than \(limit) bytes."
        }
    }
}

/// A request that was refused before it was one, with what is known of it for the answer and the log.
public struct Refusal: Sendable {
    public let reason: RequestError
    /// As sent, perhaps not a valid method.
    public let methodText: String
    /// As sent and without the query, perhaps not a valid path; not for an answer unless it is escaped.
    public let rawPath: String
    /// Empty when there was none.
    public let requestID: String

    public init(_ reason: RequestError, methodText: String = "", rawPath: String = "", requestID: String = "") {
        self.reason = reason
        self.methodText = methodText
        self.rawPath = rawPath
        self.requestID = requestID
    }
}
