import Market
import Testing

@testable import Providers

@Suite struct VendorSymbolTests {
    @Test(arguments: [
        ("coinbase", "BTC-USD", AssetType.crypto, "BTC-USD" as String?), ("coinbase", "00-USD", .crypto, "00-USD"),
        ("coinbase", "AAPL", .equity, nil), ("coinbase", "BTCUSD", .crypto, nil), ("coinbase", "BTC-", .crypto, nil),
        ("coinbase", "btc-usd", .crypto, nil), ("coinbase", "../BTC-USD", .crypto, nil),
        ("coinbase", "B?C-USD", .crypto, nil), ("coinbase", "A-B-C", .crypto, nil), ("coinbase", "É-USD", .crypto, nil),
        ("binance", "BTC-USDT", .crypto, "BTCUSDT"), ("binance", "ETH-BTC", .crypto, "ETHBTC"),
        ("binance", "BTC-USD", .crypto, nil), ("binance", "ADA-EUR", .crypto, "ADAEUR"),
        ("binance", "META-USDT", .crypto, "METAUSDT"), ("binance", "MET-AUSDT", .crypto, nil),
        ("binance", "BTCU-SDT", .crypto, nil), ("tiingo", "META", .equity, "meta"),
        ("tiingo", "MET-A", .equity, "met-a"),
        ("alpaca", "MET-A", .equity, "MET.A"),
        ("alpaca", "AAPL", .equity, "AAPL"), ("alpaca", "BRK.B", .equity, "BRK.B"),
        ("alpaca", "BRK-B", .equity, "BRK.B"),
        ("alpaca", "BTC-USD", .crypto, "BTC/USD"), ("alpaca", "^GSPC", .equity, nil),
        ("alpaca", "EURUSD=X", .equity, nil), ("alpaca", "VOD.L", .equity, nil), ("alpaca", "2222.SR", .equity, nil),
        ("alpaca", "BRK.B.A", .equity, nil), ("alpaca", "", .equity, nil), ("alpaca", "LONGER", .equity, nil),
        ("alpaca", "AAPL,MSFT", .equity, nil),
        ("tiingo", "AAPL", .equity, "aapl"), ("tiingo", "BRK.B", .equity, "brk-b"), ("tiingo", "BTC-USD", .crypto, nil),
    ])
    func `is what the vendor calls it, or nothing`(
        _ provider: String, _ symbol: String, _ assetType: AssetType, _ expected: String?
    ) throws {
        let provider = try #require(ProviderCatalog.provider(named: provider))
        #expect(provider.vendorSymbol(symbol, assetType) == expected)
    }

    @Test func `where a pair of Binance ends can be told`() {
        for quote in Binance.quotes {
            #expect(Binance.quotes.filter { $0.hasSuffix(quote) } == [quote], "else two pairs would have one name")
        }
    }

    @Test func `every vendor has another name`() {
        let all = ProviderCatalog.all
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(all.allSatisfy { !$0.services.isEmpty && !$0.title.isEmpty })
        #expect(ProviderCatalog.provider(named: "nobody") == nil)
    }

    @Test func `what a vendor does not serve it is not asked for`() throws {
        for provider in ProviderCatalog.all {
            for (symbol, assetType) in [("AAPL", AssetType.equity), ("BTC-USD", .crypto)] {
                for timeframe in Timeframe.allCases where provider.service(of: assetType, timeframe) == nil {
                    let vendor = PlayedVendor("[]")
                    let request = FetchRequest(
                        symbol, assetType, timeframe, "2024-01-01", "2024-02-01", credentials: Credentials(secret: "x"))
                    #expect(try provider.failure(request, by: vendor) == .notFound(symbol: symbol))
                    #expect(vendor.requests.isEmpty)
                }
            }
        }
    }

    @Test func `a key says nothing of itself`() {
        let key = Credentials(keyID: "the-id", secret: "hush")
        var dumped = ""
        dump(FetchRequest("AAPL", .equity, .day, 0..<1, now: 0, credentials: key), to: &dumped)
        for text in [
            "\(key)", String(reflecting: key), dumped,
            "\(FetchRequest("A", .equity, .day, 0..<1, now: 0, credentials: key))",
        ] {
            #expect(!text.contains("hush") && !text.contains("the-id"))
        }
    }
}
