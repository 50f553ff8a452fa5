/// Something about stored bars that a person should know before trusting a result that rests on them.
///
/// A finding is a suspicion with a reason: prices stay as they are stored, and nothing is filled in.
public struct Finding: Equatable, Sendable {
    public let check: Check
    public let severity: Severity
    /// Starts of the first and the last bar it is about, Unix microseconds; of missing bars when those would have started.
    public let from: Int64
    public let to: Int64
    /// How many bars, missing ones or days it is about; at least 1.
    public let count: Int
    /// What was found and what to do, in words for whoever trades on it.
    public let detail: String

    public init(_ check: Check, _ severity: Severity, from: Int64, to: Int64, count: Int, _ detail: String) {
        (self.check, self.severity, self.from, self.to) = (check, severity, from, to)
        (self.count, self.detail) = (count, detail)
    }

    /// How much a finding matters, least first. The raw value is the word of the database and the API.
    public enum Severity: String, Sendable, CaseIterable, Comparable {
        /// Good to know: markets do such things.
        case info
        /// A result over these bars may be wrong.
        case warning
        /// A result over these bars is wrong, or of something else than it says.
        case error

        public static func < (a: Self, b: Self) -> Bool {
            allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)!
        }
    }

    /// What was looked for; each has a file that says its definition. The raw value is the word of the database and the
    /// API.
    public enum Check: String, Sendable, CaseIterable {
        case gap
        case identity
        case coverage
        case extraBar = "extra_bar"
        case unitError = "unit_error"
        case badTick = "bad_tick"
        case splitSuspect = "split_suspect"
        case spike
        case stale
        case zeroVolume = "zero_volume"
        case volumeUnit = "volume_unit"
        case openingContinuity = "opening_continuity"
        case timeZoneSlip = "time_zone_slip"
        case hourlyAgainstDaily = "hourly_against_daily"
        case partialBar = "partial_bar"
        case revision
    }
}

extension [Finding] {
    /// How many of one check are told one by one.
    static let maximum = 50

    /// The same when there are few; else the weightiest, in order of time, and one finding for all others together, so that
    /// a series with a fault in every bar has no million findings.
    func bounded(_ words: (_ others: Int, _ bars: Int) -> String) -> [Finding] {
        guard count > Self.maximum else { return self }
        let weight = indices.sorted { a, b in
            (self[b].severity, self[b].count, a) < (self[a].severity, self[a].count, b)
        }
        let kept = weight.prefix(Self.maximum - 1).sorted().map { self[$0] }
        let others = weight.dropFirst(Self.maximum - 1).map { self[$0] }
        let bars = others.reduce(0) { $0 + $1.count }
        let rest = Finding(
            others[0].check, others[0].severity, from: others.map(\.from).min()!, to: others.map(\.to).max()!,
            count: bars, words(others.count, bars))
        return kept + [rest]
    }
}
