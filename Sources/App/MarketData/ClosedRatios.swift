/// By how much closes differ from the stored ones they take the place of.
struct ClosedRatios {
    /// So many tell a split from a correction.
    static let fewest = 3

    private let tolerance: CloseTolerance
    private(set) var count = 0, far = 0
    private(set) var lowest = Double.infinity, highest = 0.0
    private var steady = 0

    init(_ tolerance: CloseTolerance) { self.tolerance = tolerance }

    mutating func add(_ stored: StoredCounts) {
        count += stored.otherCloses
        far += stored.farCloses
        steady += stored.steadyCloses
        lowest = min(lowest, stored.lowestRatio ?? .infinity)
        highest = max(highest, stored.highestRatio ?? 0)
    }

    /// The one ratio of all of them, where that is what a split or a dividend leaves: corrections differ each by its own.
    var split: Double? {
        guard count >= Self.fewest, far == count, highest - lowest <= tolerance.same * highest else {
            return nil
        }
        return (lowest + highest) / 2
    }

    /// Whether most of the closes are far from the stored ones, each as far as its neighbours: that is what another adjustment
    /// leaves, several splits or a split beside a correction. Bad ticks that were put right stand alone.
    var areOfOtherPrices: Bool { steady >= Self.fewest && steady * 2 > count }
}
