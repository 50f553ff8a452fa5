/// A decimal with at most four places as the whole number it stands for: what percentages and basis points are counted
/// in where a decision hangs on them.
///
///     TenThousandths(12.5)?.count     // 125000
///     TenThousandths(0.00001)         // nil
public struct TenThousandths: Equatable, Sendable {
    /// In 10^-4.
    public let count: Int64

    /// nil when the number nearest to no such decimal was meant, or one beyond ten digits before the point.
    public init?(_ value: Double) {
        guard value.magnitude < 1e10 else { return nil }
        let count = TickScale.nearestWhole(value * 1e4)
        guard count / 1e4 == value else { return nil }
        self.count = Int64(count)
    }
}
