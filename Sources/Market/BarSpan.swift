/// When a bar begins and ends in the market: a daily bar of a stock lasts as long as its session, every other one its
/// whole width.
///
/// ```swift
/// calendar.span(ofBar: start, .equity, .day)     // 09:30 to 16:00 in New York
/// ```
public struct BarSpan: Equatable, Sendable {
    public let begin: Instant
    public let end: Instant

    public init(begin: Instant, end: Instant) { (self.begin, self.end) = (begin, end) }
}

extension TradingCalendar {
    /// - Parameter start: of the bar as it is stored, Unix microseconds of the years 1 to 9999.
    public func span(ofBar start: Int64, _ assetType: AssetType, _ timeframe: Timeframe) -> BarSpan {
        let begin = Instant(microseconds: start)
        if assetType == .equity, timeframe == .day, let session = begin.day.flatMap(session(on:)) {
            return BarSpan(begin: session.open, end: session.close)
        }
        return BarSpan(begin: begin, end: Instant(microseconds: start + timeframe.microseconds))
    }

    /// The first session of an asset that begins at a moment or later: a trading day of the exchange for a stock, a UTC day
    /// for a coin. Nil only beyond the years that are known.
    public func nextSession(of assetType: AssetType, from moment: Instant) -> BarSpan? {
        let width = Timeframe.day.microseconds
        switch assetType {
        case .crypto:
            guard let day = moment.day else { return nil }
            let start = day.start < moment ? day.start.microseconds + width : day.start.microseconds
            return BarSpan(begin: Instant(microseconds: start), end: Instant(microseconds: start + width))
        case .equity:
            var day = NewYorkTime.day(at: moment)
            // The longest break since 1990 was a week.
            for _ in 0..<30 {
                guard let candidate = day else { return nil }
                if let session = session(on: candidate), session.open >= moment {
                    return BarSpan(begin: session.open, end: session.close)
                }
                day = candidate.advanced(by: 1)
            }
            return nil
        }
    }
}
