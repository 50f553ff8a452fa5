import Strategy

/// What one run may cost.
public struct EngineLimits: Sendable {
    /// Bars in the range that is traded; those of the warm-up come on top.
    public var bars: Int
    /// Wall clock, by the clock handed to the engine.
    public var nanoseconds: UInt64
    /// Eight bytes for every indicator of the definition and loaded bar, ``bytes(for:bars:)``.
    public var bytes: Int

    public init(bars: Int = 200_000, nanoseconds: UInt64 = 5_000_000_000, bytes: Int = 64 << 20) {
        self.bars = bars
        self.nanoseconds = nanoseconds
        self.bytes = bytes
    }

    /// What counts towards ``bytes``; `bars` are all loaded ones.
    public static func bytes(for definition: StrategyDefinition, bars: Int) -> Int {
        definition.indicators.count * bars * MemoryLayout<Double>.stride
    }
}

/// Why there is no result. ``code`` is stable and known to the API; ``message`` is for the trader.
public enum BacktestRefusal: Error, Equatable {
    case barLimitExceeded(bars: Int, limit: Int)
    /// Fewer loaded bars than the longest period + 2, or none in the range.
    case insufficientBars(loaded: Int, inRange: Int, needed: Int)
    case timeout(nanoseconds: UInt64)
    case resourceLimitExceeded(bytes: Int, limit: Int)
    case invalidOptions([OptionError])
    /// The caller asked for it.
    case cancelled

    public var code: String {
        switch self {
        case .barLimitExceeded: "BACKTEST_BAR_LIMIT_EXCEEDED"
        case .insufficientBars: "BACKTEST_INSUFFICIENT_BARS"
        case .timeout: "BACKTEST_TIMEOUT"
        case .resourceLimitExceeded: "BACKTEST_RESOURCE_LIMIT_EXCEEDED"
        case .invalidOptions: "VALIDATION_ERROR"
        case .cancelled: "CANCELLED"
        }
    }

    public var message: String {
        switch self {
        case .barLimitExceeded(let bars, let limit):
            "the range has \(bars) bars; at most \(limit) are allowed in one run"
        case .insufficientBars(_, inRange: 0, _):
            "there is no bar in the range"
        case .insufficientBars(let loaded, _, let needed):
            "there are \(loaded) bars up to the end of the range; this definition needs at least \(needed)"
        case .timeout(let nanoseconds):
            "the run took longer than \(nanoseconds / 1_000_000) ms"
        case .resourceLimitExceeded(let bytes, let limit):
            "the indicators need \(bytes) bytes; at most \(limit) are allowed in one run"
        case .invalidOptions(let errors):
            errors.map { "\($0.field): \($0.message)" }.joined(separator: "; ")
        case .cancelled:
            "the run was cancelled"
        }
    }
}

/// Told how many bars are handled next, at most ``checkpointBars``; throws to end the run. It looks at clock and
/// cancellation often enough that between two looks no more than that many are handled.
typealias Checkpoint = (_ bars: Int) throws(BacktestRefusal) -> Void

/// Bars handled between two looks at the clock.
let checkpointBars = 4096

/// Counts the bars handled since the last look at clock and cancellation. The first look is due at once.
struct Pace {
    private var handled = checkpointBars

    /// Whether to look before so many bars more.
    mutating func isDue(before bars: Int) -> Bool {
        handled += bars
        guard handled > checkpointBars else { return false }
        handled = bars
        return true
    }
}

extension EngineLimits {
    /// - Parameters: of one look; the clock is in nanoseconds.
    func look(isCancelled: Bool, begin: UInt64, now: UInt64) throws(BacktestRefusal) {
        if isCancelled { throw .cancelled }
        if now > begin, now - begin > nanoseconds { throw .timeout(nanoseconds: nanoseconds) }
    }
}
