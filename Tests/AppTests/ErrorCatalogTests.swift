import Testing

@testable import App

@Suite struct ErrorCatalogTests {
    /// The table of the API's documentation, written a second time on purpose.
    static let documented: [String: Int] = [
        "VALIDATION_ERROR": 400, "UNAUTHORIZED": 401, "FORBIDDEN": 403, "REAUTHENTICATION_REQUIRED": 403,
        "NOT_FOUND": 404, "METHOD_NOT_ALLOWED": 405, "CONFLICT": 409, "PAYLOAD_TOO_LARGE": 413, "NOT_IMPLEMENTED": 501,
        "HTTP_VERSION_NOT_SUPPORTED": 505,
        "UNSUPPORTED_MEDIA_TYPE": 415, "RATE_LIMITED": 429, "QUOTA_EXCEEDED": 429, "INTERNAL_ERROR": 500,
        "SERVICE_UNAVAILABLE": 503, "AI_DISABLED": 503, "AI_RATE_LIMIT": 429, "AI_PROVIDER_ERROR": 502,
        "AI_TIMEOUT": 504, "STRATEGY_NOT_FOUND": 404, "STRATEGY_VERSION_NOT_FOUND": 404,
        "STRATEGY_VALIDATION_ERROR": 400, "BACKTEST_NOT_FOUND": 404, "BACKTEST_INVALID_DEFINITION": 400,
        "BACKTEST_INSUFFICIENT_BARS": 400, "BACKTEST_BAR_LIMIT_EXCEEDED": 400,
        "BACKTEST_RESOURCE_LIMIT_EXCEEDED": 400, "BACKTEST_INVALID_STATE": 409, "BACKTEST_TIMEOUT": 504,
        "TRADING_ACCOUNT_INACTIVE": 403, "TRADING_NO_MARKET_PRICE": 422, "TRADING_INSUFFICIENT_CASH": 422,
        "TRADING_INSUFFICIENT_POSITION": 422, "TRADING_RISK_LIMIT": 422, "TRADING_SIGNATURE_REQUIRED": 403,
        "JOB_NOT_FOUND": 404,
    ]

    @Test func `the catalog holds every documented code with its status and no other`() {
        let catalog = Dictionary(uniqueKeysWithValues: ErrorCode.allCases.map { ($0.rawValue, $0.status) })
        #expect(catalog == Self.documented)
    }

    @Test func `every code has its own suffix and a title`() {
        #expect(Set(ErrorCode.allCases.map(\.suffix)).count == ErrorCode.allCases.count)
        #expect(ErrorCode.backtestInsufficientBars.suffix == "backtest-insufficient-bars")
        #expect(ErrorCode.allCases.allSatisfy { !$0.title.isEmpty })
    }
}
