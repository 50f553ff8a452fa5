import Market

/// The bars of one series, and what is known of how they should be.
struct InspectedSeries {
    let bars: CandleSeries
    let assetType: AssetType
    let timeframe: Timeframe
    /// Of equities; nil: nobody knows when their exchange is open.
    let calendar: TradingCalendar?

    var count: Int { bars.count }

    /// As findings name the bar that starts then.
    func written(_ time: Int64) -> String { timeframe.written(time) }

    func span(_ from: Int64, _ to: Int64) -> String { timeframe.span(from, to) }

    /// "1 bar", "3 days": of what the series is made.
    func amount(_ count: Int) -> String {
        let noun =
            switch (assetType, timeframe) {
            case (.equity, _): calendar == nil ? "weekday" : "session"
            case (.crypto, .day): "day"
            case (.crypto, .hour): "hour"
            }
        return counted(count, noun)
    }

    /// Longer runs without a bar are holes: five sessions or days, a day of hours (providers.md, E). Of weekdays that nobody
    /// knows the holidays of ten: exchanges in Asia rest for a week and a half.
    var longestGap: Int { Self.longestGap(timeframe, hasCalendar: calendar != nil || assetType == .crypto) }

    static func longestGap(_ timeframe: Timeframe, hasCalendar: Bool) -> Int {
        timeframe == .day ? (hasCalendar ? 5 : 10) : 24
    }

    /// Whether a bar follows the one before it so closely that their prices can be compared: no hole lies between.
    func follows(_ index: Int) -> Bool {
        // Of sessions a week holds five; two weeks are enough.
        let bars = assetType == .equity ? 10 : longestGap
        return self.bars.times[index] - self.bars.times[index - 1] <= Int64(bars) * timeframe.microseconds
    }
}

/// How findings are worded.
enum Words {
    /// With one digit behind the point: 0.1234 is 12.3 %. What is not quite all is not called all.
    static func percent(_ share: Double) -> String {
        let tenths = (share * 1_000).rounded(share < 1 ? .down : .toNearestOrAwayFromZero)
        return "\(text(tenths / 10)) %"
    }

    /// A change of price to its multiple: 1.5 is +50 %, 0.5 is -50 %.
    static func change(_ ratio: Double) -> String {
        let percent = ((ratio - 1) * 100).rounded()
        return "\(percent > 0 ? "+" : "")\(text(percent)) %"
    }

    /// As sentences have prices, where it is one.
    static func price(_ number: Double) -> String {
        guard let price = Price(nearest: number), Double(price.description) == number else { return text(number) }
        return price.told
    }

    /// As short as it can be: 2 and not 2.0.
    static func text(_ number: Double) -> String {
        number == number.rounded() && number.magnitude < 1e15 ? "\(Int(number))" : "\(number)"
    }
}
