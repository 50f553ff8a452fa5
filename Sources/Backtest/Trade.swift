/// A position from its purchase to its sale. Indices count from the first bar of the range.
public struct Trade: Equatable, Sendable {
    public let entryIndex: Int
    public let exitIndex: Int
    /// Starts of the bars, Unix microseconds.
    public let entryTime: Int64
    public let exitTime: Int64
    /// What was paid and got for one unit, slippage included, commission not.
    public let entryPrice: Double
    public let exitPrice: Double
    public let quantity: Double
    /// Quantity times the difference of the prices, less both commissions.
    public let profit: Double
    /// ``profit`` in percent of quantity times entry price.
    public let profitPercent: Double
    public let exitReason: ExitReason
    /// The bar had opened beyond the level that ended the trade, which therefore filled at the open.
    public let isGap: Bool

    /// How many trades before it is told of, what is stored of a trade's bars is fetched.
    static let ahead = 8

    /// 0 for a position sold on the bar it was bought.
    public var barsHeld: Int { exitIndex - entryIndex }
}

/// Why a position ended. The raw value is the word of the API and the database.
public enum ExitReason: String, Sendable, CaseIterable {
    case stopLoss = "stop_loss"
    case takeProfit = "take_profit"
    case rule
    case endOfData = "end_of_data"
}
