/// The width of one bar. The raw value is the word of the database and the API.
public enum Timeframe: String, Sendable, CaseIterable {
    case day = "1d"
    case hour = "1h"

    /// The width in microseconds. A daily bar is a date and never shifted by a time zone: it starts at 00:00 UTC.
    public var microseconds: Int64 {
        switch self {
        case .day: 86_400_000_000
        case .hour: 3_600_000_000
        }
    }

    /// How a bar's start (Unix microseconds) is written: a day for daily bars, the UTC second for hourly ones.
    public func label(_ time: Int64) -> String {
        let instant = Instant(microseconds: time)
        return self == .day ? instant.dayText : instant.textInSeconds
    }

    /// Bars in a year, which turns figures per bar into annual ones; nil for a pair that is not kept.
    ///
    /// An exchange is open 252 days a year, a coin trades on all 365, every hour.
    public func periodsPerYear(of assetType: AssetType) -> Int? {
        switch (assetType, self) {
        case (.equity, .day): 252
        case (.crypto, .day): 365
        case (.crypto, .hour): 8760
        case (.equity, .hour): nil
        }
    }
}
