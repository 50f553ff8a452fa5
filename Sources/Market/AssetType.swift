/// What kind of thing a symbol is. The raw value is the word of the database and the API.
public enum AssetType: String, Sendable, CaseIterable {
    case equity = "EQUITY"
    case crypto = "CRYPTO"

    /// The bar widths this kind is kept in, widest first. Stocks have daily bars only.
    public var timeframes: [Timeframe] {
        switch self {
        case .equity: [.day]
        case .crypto: [.day, .hour]
        }
    }
}
