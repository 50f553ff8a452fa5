import Market

/// Symbols as vendors write them.
public enum SymbolText {
    /// What coins are priced in, as pairs without a mark between them end: BTCUSDT.
    static let quotes: Set<String> = Currency.dollarCoins.union([
        "USD", "EUR", "GBP", "JPY", "KRW", "AUD", "CAD", "CHF", "TRY", "BRL",
    ])
    /// As above, and coins that others are priced in.
    private static let endings: [String] = (quotes + ["BTC", "ETH", "BNB"]).sorted {
        ($0.utf8.count, $0) > ($1.utf8.count, $1)
    }

    /// Whether two writings mean one symbol: `btc/usdt`, `BTC-USDT` and `BTCUSDT` do.
    static func isSame(_ one: String, _ other: String) -> Bool { plain(one) == plain(other) }

    /// One writing of all that mean a symbol. The mark within it may be any, but only of what is priced in money may it be
    /// left out: META and MET-A are two.
    static func plain(_ symbol: String) -> String {
        let marked = String(symbol.uppercased().map { "/_: ".contains($0) ? "-" : $0 })
        guard isPairOfMoney(marked), let (base, quote) = pair(marked) else { return marked }
        return "\(base)-\(quote)"
    }

    /// Base and quote of a pair, however it is written; nil for what is no pair: `BTC/USDT`, `btc-usd`, `BTCUSDT`,
    /// `XBT:USD`.
    public static func pair(_ symbol: String) -> (base: String, quote: String)? {
        let upper = symbol.uppercased()
        let parts = upper.split(omittingEmptySubsequences: false) { "/-_:".contains($0) }.map { String($0) }
        if parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, parts[0] != parts[1] { return (parts[0], parts[1]) }
        guard parts.count == 1 else { return nil }
        for quote in endings where upper.hasSuffix(quote) && upper.utf8.count > quote.utf8.count + 1 {
            return (String(upper.dropLast(quote.count)), quote)
        }
        return nil
    }
}

extension SymbolText {
    /// Whether it is something priced in a currency or a coin, which no share is called after.
    public static func isPairOfMoney(_ symbol: String) -> Bool {
        pair(symbol).map { endings.contains($0.quote) } ?? false
    }
}
