/// A sum of doubles kept in two of them, so that about 106 bits count: for prices that lie on no decimal grid.
///
/// The steps are Knuth's two-sum and Dekker's split; they need exactly the operations written here, which is why none
/// of them may be fused or reordered.
struct DoubleDouble {
    private(set) var high = 0.0
    private(set) var low = 0.0

    mutating func add(_ value: Double) {
        let sum = high + value
        let part = sum - high
        let error = ((high - (sum - part)) + (value - part)) + low
        high = sum + error
        low = error - (high - sum)
    }

    /// The sum divided by a whole number below 2^26, rounded once but for the rarest cases: the mean of equal prices is
    /// that price.
    func divided(by count: Int) -> Double {
        let divisor = Double(count)
        let quotient = high / divisor
        // The quotient in two halves of 26 bits, each of which times the divisor is exact.
        let spread = quotient * 0x1.0000002p27
        let upper = spread - (spread - quotient)
        let lower = quotient - upper
        let remainder = ((high - upper * divisor) - lower * divisor) + low
        return quotient + remainder / divisor
    }
}
