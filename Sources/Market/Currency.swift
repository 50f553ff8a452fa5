/// What prices are in, and what an account is kept in.
///
///     Currency("USDT").isWorth(Currency("USD"))      // true
///     Currency("BTC").isWorth(Currency("USD"))       // false
public struct Currency: Hashable, Sendable {
    /// Letters and digits: `USD`, `USDT`, `BTC`.
    public let code: String

    public init(_ code: String) { self.code = code }

    /// Coins that stand for a dollar each. What is priced in one of them counts as priced in dollars: they differ by
    /// fractions of a percent, and vendors who price coins in them have no pairs in dollars.
    public static let dollarCoins: Set<String> = ["USDT", "USDC", "BUSD", "TUSD", "FDUSD", "USDP", "USD1", "DAI"]

    /// Whether an amount of the one is the same amount of the other.
    public func isWorth(_ other: Currency) -> Bool { unit == other.unit }

    private var unit: String { Self.dollarCoins.contains(code) ? "USD" : code }
}
