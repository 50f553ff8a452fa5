/// What became of the rows of a file.
public struct ReadingReport: Equatable, Sendable {
    /// Why a row was passed over, which is no fault of the file.
    public enum Skip: String, Sendable, CaseIterable {
        /// Every price is empty, `null` or `NaN`.
        case noPrices = "no prices"
        /// The same bar as in another line, to the last digit.
        case repeated = "the same bar again"
        case otherSymbol = "another symbol"
        case namesAgain = "the names of the columns again"
        /// The vendor's last row is the bar that is still forming.
        case unfinished = "the bar is not over"
    }

    /// Rows after the names of the columns.
    public internal(set) var rows = 0
    /// Bars that came of them, in order.
    public internal(set) var bars = 0
    /// Starts of the first and the last of them, Unix microseconds; nil when there is none.
    public internal(set) var span: ClosedRange<Int64>?
    /// The first of the lines that are no bars, by line, and how many there are.
    public internal(set) var refused: [RefusedLine] = []
    public internal(set) var refusedCount = 0
    /// The first of the lines passed over, those of other symbols apart, and how many of each kind there are.
    public internal(set) var skipped: [(line: Int, reason: Skip)] = []
    public internal(set) var skippedCounts: [Skip: Int] = [:]
    /// What was taken for float noise and rounded; nil when there was none.
    public internal(set) var noise: FloatNoise.Report?
    /// Highs and lows that a last digit put within open and close, and that were moved there; nil when there was none.
    public internal(set) var followed: FloatNoise.Report?
    /// Bars made of fewer of the file's bars than they have room for, and the starts of the first of them.
    public internal(set) var partial = 0
    public internal(set) var partialStarts: [Int64] = []
    /// Whether the last bar was left out because it was not over.
    public internal(set) var droppedUnfinished = false
    /// Rows without a volume, taken as 0.
    public internal(set) var withoutVolume = 0
    /// Rows whose two volumes stand in each other's column.
    public internal(set) var swappedVolumes = 0

    /// How many lines are named; a wrong file has thousands.
    static let named = 1_000

    public init() {}

    mutating func refuse(_ line: Int, _ reason: String, in file: String) {
        refusedCount += 1
        if refused.count < Self.named { refused.append(RefusedLine(file: file, line: line, reason: reason)) }
    }

    mutating func skip(_ line: Int, _ reason: Skip) {
        skippedCounts[reason, default: 0] += 1
        if reason != .otherSymbol, skipped.count < Self.named { skipped.append((line, reason)) }
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.rows == b.rows && a.bars == b.bars && a.refused == b.refused && a.refusedCount == b.refusedCount
            && a.skippedCounts == b.skippedCounts && a.noise == b.noise && a.followed == b.followed
            && a.partial == b.partial
            && a.droppedUnfinished == b.droppedUnfinished && a.withoutVolume == b.withoutVolume
            && a.swappedVolumes == b.swappedVolumes && a.skipped.map(\.line) == b.skipped.map(\.line)
    }
}
