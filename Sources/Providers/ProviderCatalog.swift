/// The vendors there are.
public enum ProviderCatalog {
    public static let all: [any PriceProvider] = [Coinbase(), Binance(), Alpaca(), Tiingo()]

    /// - Parameter name: as it is stored with bars.
    public static func provider(named name: String) -> (any PriceProvider)? { all.first { $0.name == name } }
}
