import Market

/// What the bars are of, and what says so.
struct Kind: Equatable {
    let assetType: AssetType
    /// For people: `EQUITY 1d, as there are no bars at night`.
    let reason: String
    /// Whether another answer is as good as known to be wrong.
    let isCertain: Bool

    private init(_ assetType: AssetType, _ reason: String, isCertain: Bool = false) {
        (self.assetType, self.reason, self.isCertain) = (assetType, reason, isCertain)
    }

    init(_ survey: Survey, _ options: ReadingOptions) {
        let (layout, track) = (survey.layout, survey.track)
        let symbol = options.symbol ?? options.ticker ?? survey.symbols.first ?? layout.ticker
        if let said = options.assetType {
            self.init(said, "as said", isCertain: true)
        } else if let pair = options.pair {
            self.init(.crypto, "as \(pair) is a pair", isCertain: true)
        } else if let known = layout.format.assetType {
            self.init(known, "as in all files of \(layout.format.rawValue)", isCertain: true)
        } else if options.timeframe == .hour {
            self.init(.crypto, "as hours are kept of coins only")
        } else if layout.format == .lean {
            self.init(layout.scale == 1 ? .crypto : .equity, "by how the prices are written")
        } else if layout.hasEvents {
            self.init(.equity, "as only shares have dividends and splits")
        } else if let symbol, SymbolText.isPairOfMoney(symbol) {
            self.init(.crypto, "as \(symbol) is a pair", isCertain: true)
        } else if track.hours.isEveryDay {
            self.init(.crypto, "as there are bars on Saturdays and Sundays")
        } else if let symbol {
            self.init(.equity, "as \(symbol) is no pair such as BTC-USD")
        } else {
            self.init(restsOf: survey)
        }
    }

    /// Of a file that names nothing bars of days are of shares, and shorter ones of coins, unless they rest as exchanges do.
    private init(restsOf survey: Survey) {
        let (hours, step) = (survey.track.hours, survey.steps.usual ?? 0)
        guard survey.track.hasTimeOfDay, step < Timeframe.day.microseconds else {
            self.init(.equity, "as the bars are of days")
            return
        }
        if hours.restsOnWeekends {
            self.init(.equity, "as there are no bars on weekends")
        } else if hours.restsAtNight(step) {
            self.init(.equity, "as there are no bars at night")
        } else {
            self.init(.crypto, "as the bars are shorter than a day")
        }
    }

    /// For people whose lines are no bars of this kind: nothing where it is known.
    var doubt: String {
        isCertain
            ? ""
            : "; if they are of \(assetType == .crypto ? "a share, --asset-type EQUITY" : "a coin, --asset-type CRYPTO")"
    }
}
