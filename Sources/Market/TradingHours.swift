/// When an asset is traded, as far as that is known: what paper orders, runners and replays go by.
///
/// ```swift
/// TradingHours(of: .equity, listedAt: "NYSE", TradingCalendar()).span(ofBar: start, .day)   // 09:30 to 16:00 in New York
/// ```
public enum TradingHours: Sendable {
    /// A coin: day and night, in days of UTC.
    case always
    /// A share of the United States.
    case newYork(TradingCalendar)
    /// A share of an exchange whose hours and holidays are not known. Each weekday may be a session. A bar is taken for the
    /// whole of 24 hours up to 21:00 UTC of the day that it is stored under: no exchange opens before New Zealand's, 21:00
    /// the evening before in its summer, and none closes after Toronto's, 21:00 in winter. So no bar passes for one that began
    /// after an order when part of it had been seen, and bars of two days never overlap.
    case elsewhere

    /// - Parameter exchange: of a share; nil: not known, so one of the United States.
    public init(of assetType: AssetType, listedAt exchange: String?, _ calendar: TradingCalendar) {
        self =
            switch assetType {
            case .crypto: .always
            case .equity: Listing.keepsNewYorkDays(exchange) ? .newYork(calendar) : .elsewhere
            }
    }

    /// From where the days of ``elsewhere`` are counted, before those of UTC.
    private static let earlier = 3 * Timeframe.hour.microseconds

    /// - Parameter start: of the bar as it is stored, Unix microseconds of the years 1 to 9999.
    public func span(ofBar start: Int64, _ timeframe: Timeframe) -> BarSpan {
        let begin = Instant(microseconds: start)
        switch self {
        case .newYork(let calendar) where timeframe == .day:
            guard let session = begin.day.flatMap(calendar.session(on:)) else { break }
            return BarSpan(begin: session.open, end: session.close)
        case .elsewhere where timeframe == .day: return Self.day(begin)
        default: break
        }
        return BarSpan(begin: begin, end: Instant(microseconds: start + timeframe.microseconds))
    }

    /// The first session that begins at a moment or later. Nil only beyond the years that are known.
    public func nextSession(from moment: Instant) -> BarSpan? {
        let width = Timeframe.day.microseconds
        switch self {
        case .always:
            guard let day = moment.day else { return nil }
            let start = day.start < moment ? day.start.microseconds + width : day.start.microseconds
            return BarSpan(begin: Instant(microseconds: start), end: Instant(microseconds: start + width))
        case .newYork(let calendar):
            // The longest break since 1990 was a week.
            return Self.first(of: 30, from: NewYorkTime.day(at: moment)) { day in
                calendar.session(on: day).flatMap { session in
                    session.open >= moment ? BarSpan(begin: session.open, end: session.close) : nil
                }
            }
        case .elsewhere:
            return Self.first(of: 5, from: moment.day) { day in
                let span = Self.day(day.start)
                return [.saturday, .sunday].contains(day.weekday) || span.begin < moment ? nil : span
            }
        }
    }

    /// When the first bar begins that does so at a moment or later. Nil only beyond the years that are known.
    public func nextBar(_ timeframe: Timeframe, from moment: Instant) -> Instant? {
        switch timeframe {
        case .day: return nextSession(from: moment)?.begin
        case .hour:
            let width = timeframe.microseconds, past = moment.microseconds % width
            return past == 0 ? moment : Instant(microseconds: moment.microseconds - past + (past > 0 ? width : 0))
        }
    }

    /// The start, as it is stored, of the last bar that begins before a moment, whether there is one or not. Nil only beyond
    /// the years that are known.
    public func lastBegun(before moment: Instant, _ timeframe: Timeframe) -> Instant? {
        switch self {
        case .newYork(let calendar) where timeframe == .day:
            return Self.first(of: 30, from: NewYorkTime.day(at: moment), by: -1) { day in
                calendar.session(on: day).flatMap { $0.open < moment ? day.start : nil }
            }
        case .elsewhere where timeframe == .day:
            let latest = Instant(microseconds: moment.microseconds + Self.earlier).day
            return Self.first(of: 5, from: latest, by: -1) { day in
                let isSession = ![.saturday, .sunday].contains(day.weekday) && Self.day(day.start).begin < moment
                return isSession ? day.start : nil
            }
        default:
            let width = timeframe.microseconds,
                (bars, rest) = (moment.microseconds - 1).quotientAndRemainder(dividingBy: width)
            return Instant(microseconds: (rest < 0 ? bars - 1 : bars) * width)
        }
    }

    private static func day(_ start: Instant) -> BarSpan {
        let begin = start.microseconds - earlier
        return BarSpan(
            begin: Instant(microseconds: begin), end: Instant(microseconds: begin + Timeframe.day.microseconds))
    }

    private static func first<Found>(
        of days: Int, from first: CalendarDay?, by step: Int = 1, _ session: (CalendarDay) -> Found?
    ) -> Found? {
        var day = first
        for _ in 0..<days {
            guard let candidate = day else { return nil }
            if let found = session(candidate) { return found }
            day = candidate.advanced(by: step)
        }
        return nil
    }
}
