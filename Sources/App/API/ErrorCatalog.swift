import HTTP

/// Every error the API can answer with: one table from stable code to status, type suffix and title (api.md).
public enum ErrorCode: String, Sendable, CaseIterable {
    case validationError = "VALIDATION_ERROR"
    case unauthorized = "UNAUTHORIZED"
    case forbidden = "FORBIDDEN"
    case reauthenticationRequired = "REAUTHENTICATION_REQUIRED"
    case notFound = "NOT_FOUND"
    case methodNotAllowed = "METHOD_NOT_ALLOWED"
    case conflict = "CONFLICT"
    case payloadTooLarge = "PAYLOAD_TOO_LARGE"
    case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
    case rateLimited = "RATE_LIMITED"
    case quotaExceeded = "QUOTA_EXCEEDED"
    case internalError = "INTERNAL_ERROR"
    /// Only nginx answers with this and the next one.
    case notImplemented = "NOT_IMPLEMENTED"
    case httpVersionNotSupported = "HTTP_VERSION_NOT_SUPPORTED"
    case serviceUnavailable = "SERVICE_UNAVAILABLE"
    case aiDisabled = "AI_DISABLED"
    case aiRateLimit = "AI_RATE_LIMIT"
    case aiProviderError = "AI_PROVIDER_ERROR"
    case aiTimeout = "AI_TIMEOUT"
    case strategyNotFound = "STRATEGY_NOT_FOUND"
    case strategyVersionNotFound = "STRATEGY_VERSION_NOT_FOUND"
    case strategyValidationError = "STRATEGY_VALIDATION_ERROR"
    case backtestNotFound = "BACKTEST_NOT_FOUND"
    case backtestInvalidDefinition = "BACKTEST_INVALID_DEFINITION"
    case backtestInsufficientBars = "BACKTEST_INSUFFICIENT_BARS"
    case backtestBarLimitExceeded = "BACKTEST_BAR_LIMIT_EXCEEDED"
    case backtestResourceLimitExceeded = "BACKTEST_RESOURCE_LIMIT_EXCEEDED"
    case backtestInvalidState = "BACKTEST_INVALID_STATE"
    case backtestTimeout = "BACKTEST_TIMEOUT"
    case tradingAccountInactive = "TRADING_ACCOUNT_INACTIVE"
    case tradingNoMarketPrice = "TRADING_NO_MARKET_PRICE"
    case tradingInsufficientCash = "TRADING_INSUFFICIENT_CASH"
    case tradingInsufficientPosition = "TRADING_INSUFFICIENT_POSITION"
    case tradingRiskLimit = "TRADING_RISK_LIMIT"
    case tradingSignatureRequired = "TRADING_SIGNATURE_REQUIRED"
    case jobNotFound = "JOB_NOT_FOUND"

    public var status: Int {
        switch self {
        case .validationError, .strategyValidationError, .backtestInvalidDefinition, .backtestInsufficientBars,
            .backtestBarLimitExceeded, .backtestResourceLimitExceeded:
            400
        case .unauthorized: 401
        case .forbidden, .reauthenticationRequired, .tradingAccountInactive, .tradingSignatureRequired: 403
        case .notFound, .strategyNotFound, .strategyVersionNotFound, .backtestNotFound, .jobNotFound: 404
        case .methodNotAllowed: 405
        case .conflict, .backtestInvalidState: 409
        case .payloadTooLarge: 413
        case .unsupportedMediaType: 415
        case .tradingNoMarketPrice, .tradingInsufficientCash, .tradingInsufficientPosition, .tradingRiskLimit: 422
        case .rateLimited, .quotaExceeded, .aiRateLimit: 429
        case .internalError: 500
        case .notImplemented: 501
        case .aiProviderError: 502
        case .serviceUnavailable, .aiDisabled: 503
        case .backtestTimeout, .aiTimeout: 504
        case .httpVersionNotSupported: 505
        }
    }

    /// The last part of the problem's `type`: the code in lower case with hyphens.
    public var suffix: String { String(rawValue.map { $0 == "_" ? "-" : Character($0.lowercased()) }) }

    public var title: String {
        switch self {
        case .validationError: "The request is not valid"
        case .unauthorized: "Sign in first"
        case .forbidden: "Not allowed"
        case .reauthenticationRequired: "Confirm that it is you"
        case .notFound: "Nothing here"
        case .methodNotAllowed: "This address does not take that method"
        case .conflict: "In conflict with what is stored"
        case .payloadTooLarge: "The request is too large"
        case .unsupportedMediaType: "The body is of an unsupported type"
        case .rateLimited: "Too many requests"
        case .quotaExceeded: "Quota used up"
        case .internalError: "Something went wrong on our side"
        case .notImplemented: "Not something this server does"
        case .httpVersionNotSupported: "This version of HTTP is not spoken here"
        case .serviceUnavailable: "Not available right now"
        case .aiDisabled: "The adviser is switched off"
        case .aiRateLimit: "Too many questions to the adviser"
        case .aiProviderError: "The adviser's provider failed"
        case .aiTimeout: "The adviser took too long"
        case .strategyNotFound: "No such strategy"
        case .strategyVersionNotFound: "No such version of the strategy"
        case .strategyValidationError: "The strategy is not valid"
        case .backtestNotFound: "No such backtest"
        case .backtestInvalidDefinition: "The strategy cannot be run"
        case .backtestInsufficientBars: "Too few bars"
        case .backtestBarLimitExceeded: "Too many bars"
        case .backtestResourceLimitExceeded: "The run needs too much memory"
        case .backtestInvalidState: "The backtest is not in a state for that"
        case .backtestTimeout: "The backtest took too long"
        case .tradingAccountInactive: "The paper account is not active"
        case .tradingNoMarketPrice: "No market price"
        case .tradingInsufficientCash: "Not enough cash"
        case .tradingInsufficientPosition: "Not enough to sell"
        case .tradingRiskLimit: "Over a risk limit"
        case .tradingSignatureRequired: "A passkey has to sign this"
        case .jobNotFound: "No such job"
        }
    }
}

extension Problem {
    /// A refusal with its row of the catalog.
    init(
        _ code: ErrorCode, _ detail: String? = nil, fieldErrors: [FieldError] = [], fields: Fields = [:]
    ) {
        self.init(
            status: code.status, code: code.rawValue, suffix: code.suffix, title: code.title, detail: detail,
            fieldErrors: fieldErrors, fields: fields)
    }

    /// One mistake in one place of the request.
    static func invalid(_ field: String, _ code: String, _ message: String) -> Problem {
        Problem(.validationError, message, fieldErrors: [FieldError(field, code, message)])
    }

    /// Of a ticker that no active symbol has.
    static func unknownSymbol(_ ticker: String) -> Problem {
        var mistakes = Mistakes()
        mistakes.add(unknownSymbol: ticker, at: "symbol")
        return mistakes.problem
    }
}
