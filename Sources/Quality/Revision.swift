public import Market

/// Prices that their source has changed since they were stored first: a result from before is of the old ones.
public struct Revision: Sendable {
    /// How many bars have been of other prices than they are now.
    public let count: Int
    /// Starts of the first and the last of them, Unix microseconds.
    public let from: Int64, to: Int64
    /// When one was corrected last.
    public let seen: Instant
    /// The largest change of a close, as a share of what it was.
    public let largest: Double

    public init(count: Int, from: Int64, to: Int64, seen: Instant, largest: Double) {
        (self.count, self.from, self.to) = (count, from, to)
        (self.seen, self.largest) = (seen, largest)
    }

    public func finding(_ timeframe: Timeframe) -> Finding {
        let place = timeframe.span(from, to)
        let closes = largest > 0 ? "a close by \(Words.percent(largest)) at the most" : "no close"
        return Finding(
            .revision, .info, from: from, to: to, count: count,
            "\(counted(count, "bar")) had other prices before, \(place), \(closes): the source corrected them, last on "
                + "\(Timeframe.day.written(seen.microseconds)). Results from before are of the old ones.")
    }
}
