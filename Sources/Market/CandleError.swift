/// Why a bar, or a bar after the one before it, cannot be a bar of any market.
public enum CandleError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A price or volume is infinite or not a number.
    case notFinite(Field)
    /// A price is zero or below.
    case notPositive(Field)
    /// The low is above the open or the close.
    case lowAboveBody
    /// The high is below the open or the close.
    case highBelowBody
    case negativeVolume
    /// The bar has the time of the one before it.
    case duplicateTime
    /// The bar is earlier than the one before it.
    case notChronological
    /// The time is no start of a day or an hour.
    case offGrid(Timeframe)

    public enum Field: String, Sendable {
        case open, high, low, close, volume
    }

    public var description: String {
        switch self {
        case .notFinite(let field): "\(field.rawValue) is not a finite number"
        case .notPositive(let field): "\(field.rawValue) must be above zero"
        case .lowAboveBody: "low is above open or close"
        case .highBelowBody: "high is below open or close"
        case .negativeVolume: "volume is negative"
        case .duplicateTime: "the time is the same as that of the bar before"
        case .notChronological: "the time is before that of the bar before"
        case .offGrid(.day): "the time is not the start of a day in UTC"
        case .offGrid(.hour): "the time is not the start of an hour"
        }
    }
}

/// The first bar of several that cannot stand in a series.
public struct BarError: Error, Equatable, Sendable {
    /// Among the bars handed over.
    public let index: Int
    public let reason: CandleError

    public init(index: Int, reason: CandleError) {
        self.index = index
        self.reason = reason
    }
}
