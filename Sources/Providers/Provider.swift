public import Market

/// One vendor of bars: what it serves, how it calls a symbol, and how its bars are asked for and read. It asks by a
/// ``ProviderExchange`` that is handed to it and knows no network and no clock, so that all it makes of a vendor's answers
/// can be tested by themselves.
///
/// No row of an answer is trusted: every bar that is delivered is possible, on the grid of its width, of the symbol that was
/// asked for, and no vendor's text gets into a message. A few bars that are not possible are left out and told.
///
/// ```swift
/// let provider = ProviderCatalog.provider(named: "binance")!
/// provider.vendorSymbol("BTC-USDT", .crypto)     // "BTCUSDT"
/// let request = FetchRequest("BTC-USDT", .crypto, .day, day.start.microseconds..<now, now: now)
/// let end = try provider.fetch(request, by: exchange) { bars in all.append(bars) }
/// ```
public protocol PriceProvider: Sendable {
    /// Stored with the series and bars that come from it: `coinbase`.
    var name: String { get }
    /// For people: `Coinbase Exchange`.
    var title: String { get }
    /// What it serves. No two have the same asset type and timeframe.
    var services: [ProviderService] { get }

    /// How it calls a stored symbol: `BTC-USD`, `BTCUSDT`, `brk-b`. Nil: a symbol that it cannot serve.
    func vendorSymbol(_ symbol: String, _ assetType: AssetType) -> String?

    /// Hands over all bars that begin in the request's range and had ended by its `now`, oldest first in stretches of a
    /// page's size, each later than the ones before.
    ///
    /// - Throws: ``ProviderError``, and what `deliver` throws.
    func fetch(
        _ request: FetchRequest, by exchange: any ProviderExchange, deliver: (CandleSeries) throws -> Void
    ) throws -> FetchEnd
}

extension PriceProvider {
    /// What it gives of a kind and width; nil: nothing.
    public func service(of assetType: AssetType, _ timeframe: Timeframe) -> ProviderService? {
        services.first { $0.assetType == assetType && $0.timeframes.contains(timeframe) }
    }
}

/// One kind of bars of a vendor.
public struct ProviderService: Sendable, Equatable {
    public let assetType: AssetType
    public let timeframes: [Timeframe]
    /// What past prices are adjusted for, as of the day they are asked for.
    public let adjustment: BarSource.Adjustment
    /// Whether it answers only who has a key.
    public let needsKey: Bool
    /// The vendor has nothing before it.
    public let earliestDay: CalendarDay

    /// - Parameter earliestDay: `YYYY-MM-DD`; anything else is a mistake of whoever writes it down.
    public init(
        _ assetType: AssetType, _ timeframes: [Timeframe], _ adjustment: BarSource.Adjustment = .raw,
        needsKey: Bool = false, since earliestDay: String
    ) {
        guard let day = CalendarDay(earliestDay) else { preconditionFailure("\(earliestDay) is no day") }
        (self.assetType, self.timeframes, self.adjustment) = (assetType, timeframes, adjustment)
        (self.needsKey, self.earliestDay) = (needsKey, day)
    }

    /// The first moment, in Unix microseconds, of which not every bar is final by then: bars that begin before it have ended.
    ///
    /// A coin's bar is final when its time is over. A share's day is final at 20:15 in New York: trading after hours ends
    /// at 20:00 and still adds to the volume, feeds of the consolidated tape are a quarter of an hour late, and what a
    /// vendor corrects of a day it has corrected by then.
    public func finalThrough(_ timeframe: Timeframe, now: Instant) -> Instant {
        let end = CalendarDay.last.start
        let now = max(earliestDay.start, min(now, end))
        guard assetType == .equity else {
            return Instant(microseconds: now.microseconds - now.microseconds.remainder(of: timeframe.microseconds))
        }
        guard let day = NewYorkTime.day(at: now) else { return end }
        let isFinal = NewYorkTime.instant(Self.finalMinute, of: day) <= now
        return (isFinal ? day.advanced(by: 1) ?? day : day).start
    }

    /// Minutes after midnight in New York.
    private static let finalMinute = 20 * 60 + 15
}

extension Int64 {
    /// What is left of a division, never below zero.
    func remainder(of divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}

/// What is asked of a vendor.
public struct FetchRequest: Sendable {
    /// As stored: `AAPL`, `BTC-USD`.
    public var symbol: String
    public var assetType: AssetType
    public var timeframe: Timeframe
    /// Where the first and the last bar may begin, Unix microseconds; the end itself is not among them. A share's day is its
    /// date in New York, at 00:00 UTC as it is stored.
    public var range: Range<Int64>
    /// Unix microseconds: only bars that have ended by then are delivered.
    public var now: Int64
    public var credentials: Credentials?

    public init(
        _ symbol: String, _ assetType: AssetType, _ timeframe: Timeframe, _ range: Range<Int64>, now: Int64,
        credentials: Credentials? = nil
    ) {
        (self.symbol, self.assetType, self.timeframe) = (symbol, assetType, timeframe)
        (self.range, self.now, self.credentials) = (range, now, credentials)
    }
}

/// What a vendor knows its customer by. Says nothing of itself when it is printed.
public struct Credentials: Sendable, CustomStringConvertible, CustomReflectable {
    /// Where the vendor gives its keys one; else nil.
    let keyID: String?
    let secret: String

    public init(keyID: String? = nil, secret: String) { (self.keyID, self.secret) = (keyID, secret) }

    public var description: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// What a fetch came to.
public struct FetchEnd: Sendable, Equatable {
    /// All bars of the request's range that begin before this, in Unix microseconds, and that the vendor has were
    /// delivered: the end of the range, or where bars were not final yet.
    public let completeThrough: Int64
    /// How often the vendor was asked.
    public let requests: Int
    /// Bars that the vendor has and that begin at no hour or day, as after an outage: nothing that could be stored.
    public let leftOut: Int
    /// When the bars begin that the vendor has and that cannot be, in order. They were not delivered.
    public let impossible: [Int64]

    public init(completeThrough: Int64, requests: Int, leftOut: Int = 0, impossible: [Int64] = []) {
        (self.completeThrough, self.requests) = (completeThrough, requests)
        (self.leftOut, self.impossible) = (leftOut, impossible)
    }
}
