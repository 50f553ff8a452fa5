/// Asks a vendor: one GET and its answer.
///
/// Waits its turn before it asks, so that a vendor is not asked more often than it allows, and asks once more where that is
/// likely to help. Any status is an answer.
public protocol ProviderExchange: Sendable {
    /// - Throws: ``ProviderError/paced(seconds:)`` when its turn is far, ``ProviderError/unreachable(_:)`` and ``ProviderError/upstream(_:)`` when there was no answer or none
    ///   that may be read, ``ProviderError/rateLimited(retryAfterSeconds:)`` when the vendor wants to be left alone for
    ///   longer than is waited for, ``ProviderError/cancelled`` when whoever waits for it wants it no more.
    func get(_ request: ProviderRequest) throws(ProviderError) -> ProviderAnswer
}

/// Where exchanges come from: what all who ask one vendor share is in here.
public protocol ProviderExchanges: Sendable {
    /// An exchange for one piece of work.
    ///
    /// - Parameters:
    ///   - isUnderWay: whether the work has asked before, which would be lost; one that has not is sent away with
    ///     ``ProviderError/paced(seconds:)`` where it would have to wait for its first turn.
    ///   - pause: waits so many milliseconds, perhaps 0, and throws as soon as nobody wants the answer any more. Called
    ///     before everything that is asked, and about once a second while an answer is waited for.
    func exchange(
        with provider: any PriceProvider, isUnderWay: Bool,
        pause: @escaping @Sendable (_ milliseconds: Int) throws -> Void
    ) -> any ProviderExchange
}

/// One GET.
public struct ProviderRequest: Sendable, Equatable {
    /// Begins with a slash; nothing in it needs to be escaped.
    public let path: String
    /// Unescaped, in order.
    public let query: [(name: String, value: String)]
    /// Header fields, the vendor's key among them: for nobody's eyes but the vendor's.
    public let fields: [(name: String, value: String)]

    public init(
        _ path: String, _ query: [(name: String, value: String)] = [], fields: [(name: String, value: String)] = []
    ) {
        (self.path, self.query, self.fields) = (path, query, fields)
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.path == b.path && a.query.elementsEqual(b.query) { $0 == $1 }
            && a.fields.elementsEqual(b.fields) { $0 == $1 }
    }
}

/// What a vendor answered.
public struct ProviderAnswer: Sendable {
    public let status: Int
    public let body: [UInt8]
    /// The seconds after which the vendor may be asked again, where it says so.
    public let retryAfterSeconds: Int?

    public init(status: Int, body: [UInt8], retryAfterSeconds: Int? = nil) {
        (self.status, self.body, self.retryAfterSeconds) = (status, body, retryAfterSeconds)
    }
}

/// Why there are no bars. What is said of it is our own: no text of an answer, no key, no address.
public enum ProviderError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Nobody has asked: the vendor is asked no more often than it allows, and there is no turn before so many seconds.
    case paced(seconds: Int)
    /// The vendor was asked too often, and says when to come back or does not.
    case rateLimited(retryAfterSeconds: Int?)
    /// There is no key where one is needed, or the vendor does not take it.
    case unauthorized
    /// The vendor answers nobody at this address or place, whoever asks: HTTP 403 or 451.
    case forbidden
    /// The vendor does not know the symbol, or cannot serve its kind.
    case notFound(symbol: String)
    /// The vendor does not understand what it was asked, which is our mistake or its change.
    case badRequest(String)
    /// The answer is none that can be believed, or tells of the vendor's own trouble.
    case upstream(String)
    /// The answer has bars that cannot be, which says something of these bars and nothing of the vendor.
    case badBars(String)
    /// No answer.
    case unreachable(String)
    /// Whoever asked wants no answer any more.
    case cancelled

    /// What an HTTP status of 500 and more means.
    public static func unwell(status: Int) -> ProviderError {
        .upstream("the provider has trouble of its own (HTTP \(status))")
    }

    /// A stable word for jobs and reports.
    public var code: String {
        switch self {
        case .paced: "PROVIDER_PACED"
        case .rateLimited: "PROVIDER_RATE_LIMITED"
        case .unauthorized: "PROVIDER_UNAUTHORIZED"
        case .forbidden: "PROVIDER_FORBIDDEN"
        case .notFound: "PROVIDER_SYMBOL_NOT_FOUND"
        case .badRequest: "PROVIDER_BAD_REQUEST"
        case .upstream: "PROVIDER_BAD_ANSWER"
        case .badBars: "PROVIDER_BAD_BARS"
        case .unreachable: "PROVIDER_UNREACHABLE"
        case .cancelled: "CANCELLED"
        }
    }

    /// Whether the same question may be answered later, with nothing changed here.
    public var mayPass: Bool {
        switch self {
        case .paced, .rateLimited, .upstream, .badBars, .unreachable: true
        case .unauthorized, .forbidden, .notFound, .badRequest, .cancelled: false
        }
    }

    public var description: String {
        switch self {
        case .paced(let seconds):
            "the provider is asked no more often than it allows; this waits \(seconds) s for its turn"
        case .rateLimited(let seconds?): "the provider was asked too often; it may be asked again in \(seconds) s"
        case .rateLimited(nil): "the provider was asked too often"
        case .unauthorized: "the provider needs a key, and there is none or it is not taken"
        case .forbidden: "the provider does not serve this address or place"
        case .notFound(let symbol): "the provider does not have \(symbol)"
        case .badRequest(let reason), .upstream(let reason), .badBars(let reason), .unreachable(let reason): reason
        case .cancelled: "cancelled"
        }
    }
}
