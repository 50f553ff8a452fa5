import Market
import Strategy

/// Why there is no result. ``code`` is stable and known to the API; ``message`` is for the trader.
public enum BacktestRefusal: Error, Equatable {
    case barLimitExceeded(bars: Int, limit: Int)
    /// Fewer loaded bars than the longest period + 2, or none in the range.
    case insufficientBars(loaded: Int, inRange: Int, needed: Int)
    case timeout(nanoseconds: UInt64)
    case resourceLimitExceeded(bytes: Int, limit: Int)
    /// Of a release that took what this engine cannot decide exactly.
    case invalidDefinition([DefinitionError])
    case invalidOptions([OptionError])
    /// Prices so large or so small that equity or a figure is none that a number can hold.
    case notRepresentable
    /// The caller asked for it.
    case cancelled

    public var code: String {
        switch self {
        case .barLimitExceeded: "BACKTEST_BAR_LIMIT_EXCEEDED"
        case .insufficientBars: "BACKTEST_INSUFFICIENT_BARS"
        case .timeout: "BACKTEST_TIMEOUT"
        case .resourceLimitExceeded, .notRepresentable: "BACKTEST_RESOURCE_LIMIT_EXCEEDED"
        case .invalidDefinition: "BACKTEST_INVALID_DEFINITION"
        case .invalidOptions: "VALIDATION_ERROR"
        case .cancelled: "CANCELLED"
        }
    }

    public var message: String {
        switch self {
        case .barLimitExceeded(let bars, let limit):
            "The range has \(counted(bars, "bar")); at most \(limit) are allowed in one run."
        case .insufficientBars(_, inRange: 0, _):
            "There is no bar in the range."
        case .insufficientBars(let loaded, _, let needed):
            "This strategy needs at least \(counted(needed, "bar")); up to the end of the range there "
                + (loaded == 1 ? "is 1." : "are \(loaded).")
        case .timeout(let nanoseconds):
            "The run took longer than \(nanoseconds / 1_000_000) ms."
        case .resourceLimitExceeded(let bytes, let limit):
            "The indicators need \(bytes) bytes; at most \(limit) are allowed in one run."
        case .notRepresentable:
            "The prices of the range are so large or so small that the result exceeds what numbers can hold."
        case .invalidDefinition(let errors):
            "The strategy cannot be run: " + errors.map { "\($0.path) \($0.message)" }.joined(separator: "; ") + "."
        case .invalidOptions(let errors):
            errors.map { "\($0.field): \($0.message)" }.joined(separator: "; ")
        case .cancelled:
            "The run was cancelled."
        }
    }
}
