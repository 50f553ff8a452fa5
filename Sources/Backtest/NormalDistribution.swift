/// The standard normal distribution, to about 1e-14 relative in the body and in the tails.
enum NormalDistribution {
    private static let inverseRootOfTwoPi = 0.3989422804014327

    static func density(_ x: Double) -> Double { inverseRootOfTwoPi * Elementary.exp(-x * x / 2) }

    /// Phi: the probability of a value up to `x`.
    static func cumulative(_ x: Double) -> Double { x > 0 ? 1 - upperTail(x) : upperTail(-x) }

    /// The probability of a value above `x`, for `x >= 0`; small ones keep their digits.
    private static func upperTail(_ x: Double) -> Double {
        if x < 2 {
            // x + x^3/3 + x^5/15 + ...: all terms positive, so nothing cancels.
            var term = x
            var sum = x
            var k = 1.0
            while term > sum * 1e-18 {
                k += 2
                term *= x * x / k
                sum += term
            }
            return 0.5 - density(x) * sum
        }
        // Laplace's continued fraction x + 1/(x + 2/(x + 3/(x + ...))), from far inside outwards.
        var fraction = x
        for k in stride(from: 160.0, through: 1, by: -1) { fraction = x + k / fraction }
        return density(x) / fraction
    }

    /// The `x` up to which lies the probability `p`, `0 < p < 1`; infinite at the ends.
    static func quantile(_ p: Double) -> Double {
        if p <= 0 { return -.infinity }
        if p >= 1 { return .infinity }
        let tail = p < 0.5 ? p : 1 - p
        if tail == 0.5 { return 0 }
        // Abramowitz and Stegun 26.2.23 is right to 4.5e-4; each step of Newton's doubles the digits.
        let t = (-2 * Elementary.log(tail)).squareRoot()
        var x =
            t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
        for _ in 0..<5 { x = max(0, x + (upperTail(x) - tail) / density(x)) }
        return p < 0.5 ? -x : x
    }
}
