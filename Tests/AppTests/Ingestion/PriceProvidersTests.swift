import Market
import Testing

@testable import App
@testable import Providers

@Suite struct PriceProvidersTests {
    private func problems(_ environment: [String: String]) -> [String] {
        do {
            _ = try Configuration(environment) { _ in nil }
            return []
        } catch { return error.problems }
    }

    @Test func `every vendor has an address and a pace, unless told otherwise`() throws {
        let vendors = try Configuration([:]).priceProviders
        #expect(vendors.all.map(\.provider.name) == ProviderCatalog.all.map(\.name))
        for access in vendors.all {
            #expect(access.address.hasPrefix("https://") && !access.address.hasSuffix("/"), "\(access.provider.name)")
            #expect(access.pace.requests > 0 && access.pace.seconds > 0, "\(access.provider.name)")
            #expect(access.credentials == nil)
        }
        #expect(vendors.all.filter(\.isConfigured).map(\.provider.name) == ["coinbase", "binance", "alpaca"])
        #expect(vendors.standard(for: .equity) == nil && vendors.standard(for: .crypto)?.provider.name == "coinbase")
    }

    private static let keys: [([String: String], String)] = [
        (["TIINGO_TOKEN": "t"], "tiingo"), (["ALPACA_KEY_ID": "k", "ALPACA_SECRET_KEY": "s"], "alpaca"),
        (["TIINGO_TOKEN": "t", "ALPACA_KEY_ID": "k", "ALPACA_SECRET_KEY": "s"], "alpaca"),
        (["TIINGO_TOKEN": "t", "ALPACA_KEY_ID": "k", "ALPACA_SECRET_KEY": "s", "EQUITY_PROVIDER": "tiingo"], "tiingo"),
    ]

    @Test(arguments: keys)
    func `new shares come from who has a key`(_ environment: [String: String], _ name: String) throws {
        #expect(try Configuration(environment).priceProviders.standard(for: .equity)?.provider.name == name)
    }

    private static let mistakes: [([String: String], String)] = [
        (["EQUITY_PROVIDER": "coinbase"], "EQUITY_PROVIDER must be one of alpaca, tiingo"),
        (["EQUITY_PROVIDER": "tiingo"], "EQUITY_PROVIDER is tiingo, which gives EQUITY only to who sets TIINGO_TOKEN"),
        (["CRYPTO_PROVIDER": "tiingo"], "CRYPTO_PROVIDER must be one of coinbase, binance, alpaca"),
        (["ALPACA_KEY_ID": "k"], "ALPACA_SECRET_KEY is not set, but ALPACA_KEY_ID is"),
        (["ALPACA_SECRET_KEY": "s"], "ALPACA_KEY_ID is not set, but ALPACA_SECRET_KEY is"),
        (["TIINGO_TOKEN": "a b"], "TIINGO_TOKEN must be at most"),
        (["TIINGO_TOKEN": "a\r\nX: b"], "TIINGO_TOKEN must be at most"),
        (["COINBASE_URL": "http://vendor.example"], "COINBASE_URL must be an address that begins with https://"),
        (["COINBASE_URL": "http://127.0.0.1:80"], "COINBASE_URL must be an address that begins with https://"),
        (["BINANCE_REQUESTS_A_MINUTE": "6001"], "BINANCE_REQUESTS_A_MINUTE must be a whole number from 1 to 6000"),
        (["TIINGO_REQUESTS_AN_HOUR": "0"], "TIINGO_REQUESTS_AN_HOUR must be a whole number from 1 to 360000"),
    ]

    @Test(arguments: mistakes)
    func `a mistake is named`(_ environment: [String: String], _ problem: String) {
        let found = problems(environment)
        #expect(found.count == 1 && found[0].hasPrefix(problem), "\(found)")
        for secret in ["a b", "\r"] { #expect(!found.joined().contains(secret)) }
    }

    @Test func `keys are never shown`() throws {
        let configuration = try Configuration([
            "ALPACA_KEY_ID": "an-id", "ALPACA_SECRET_KEY": "hush", "TIINGO_TOKEN_FILE": "/key",
        ]) { $0 == "/key" ? "a-token" : nil }
        let shown = configuration.effective.map { "\($0.name)=\($0.value)" }
        for name in ["ALPACA_KEY_ID", "ALPACA_SECRET_KEY", "TIINGO_TOKEN"] { #expect(shown.contains("\(name)=***")) }
        for secret in ["an-id", "hush", "a-token"] {
            #expect(!shown.joined().contains(secret) && !"\(configuration.priceProviders)".contains(secret))
        }
    }

    @Test func `a vendor on this machine need not speak TLS where nothing is real`() {
        #expect(problems(["COINBASE_URL": "http://127.0.0.1:80", "ENVIRONMENT": "test"]) == [])
    }
}
