/// When a vendor may be asked next. Knows no clock and no place: whoever keeps it sees to it that one takes a turn at a time.
public struct Turns: Sendable, Equatable {
    /// What somebody wants a turn for, in nanoseconds.
    public struct Wish: Sendable {
        /// So far apart are two turns.
        public let interval: Int64
        /// None is taken that is nearer than this.
        public let nearest: Int64
        /// How far it may be; nil: however far.
        public let farthest: Int64?

        public init(every interval: Int64, from nearest: Int64 = 0, within farthest: Int64? = nil) {
            (self.interval, self.nearest, self.farthest) = (interval, nearest, farthest)
        }
    }

    public enum Turn: Sendable, Equatable {
        /// It is theirs who wait so many nanoseconds.
        case after(Int64)
        /// It is too far: they are to come again after so many, and have none yet.
        case later(Int64)
    }

    /// Nobody is sent away for longer, for those before them may have given up.
    private static let longestAway: Int64 = 900_000_000_000

    /// The next turn that nobody has, by the clock of whoever keeps it; nil: nobody has had any.
    public private(set) var next: Int64?
    /// When the last who was sent away is to come again.
    public private(set) var told: Int64?

    public init(next: Int64? = nil, told: Int64? = nil) { (self.next, self.told) = (next, told) }

    /// Takes the next turn, or none. Those who are sent away come again one after the other, as they are to ask.
    ///
    /// - Parameter now: nanoseconds of that clock.
    public mutating func take(_ wish: Wish, now: Int64) -> Turn {
        let turn = max(now + wish.nearest, next ?? now)
        if let farthest = wish.farthest, turn - now > farthest {
            let again = min(max(turn, told.map { $0 + wish.interval } ?? turn), now + Self.longestAway)
            told = again
            return .later(again - now)
        }
        next = turn + wish.interval
        return .after(turn - now)
    }
}

/// Turns that all share who ask a vendor, on whatever host.
public protocol SharedTurns: Sendable {
    /// - Parameter provider: ``PriceProvider/name``.
    /// - Returns: nil when the turns of the others cannot be known at the moment.
    func take(_ wish: Turns.Wish, of provider: String) -> Turns.Turn?
}
