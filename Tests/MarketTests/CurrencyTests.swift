import Market
import Testing

@Suite struct CurrencyTests {
    @Test(arguments: [
        ("USD", "USD", true), ("USDT", "USD", true), ("USD", "USDC", true), ("DAI", "FDUSD", true),
        ("EUR", "EUR", true), ("EUR", "USD", false), ("BTC", "USD", false), ("JPY", "USDT", false),
        ("GBX", "GBP", false),
    ])
    func `a coin that stands for a dollar is worth one, and nothing else is worth another`(
        _ one: String, _ other: String, _ isWorth: Bool
    ) {
        #expect(Currency(one).isWorth(Currency(other)) == isWorth)
        #expect(Currency(other).isWorth(Currency(one)) == isWorth)
    }
}
