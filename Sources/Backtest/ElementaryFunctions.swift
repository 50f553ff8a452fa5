/// Logarithm, exponential and power from plain arithmetic, so that statistics too have the same bits on every machine
/// and this module needs no C library. Accurate to a few units in the last place.
enum Elementary {
    private static let ln2High = 0x1.62e42feep-1
    private static let ln2Low = 0x1.a39ef35793c76p-33

    /// - Precondition: `x` is positive and finite.
    static func log(_ x: Double) -> Double {
        var mantissa = x.significand
        var exponent = Double(x.exponent)
        if mantissa > 0x1.6a09e667f3bcdp0 {
            mantissa /= 2
            exponent += 1
        }
        // log m = 2 artanh s, and |s| < 0.172 makes the series short.
        let s = (mantissa - 1) / (mantissa + 1)
        let square = s * s
        var series = 0.0
        for k in stride(from: 23, through: 1, by: -2) { series = series * square + 1 / Double(k) }
        return exponent * ln2High + (exponent * ln2Low + 2 * s * series)
    }

    static func exp(_ x: Double) -> Double {
        if x > 709.7 { return .infinity }
        if x < -745 { return 0 }
        let power = (x * 0x1.71547652b82fep0).rounded()
        let rest = (x - power * ln2High) - power * ln2Low
        var series = 1.0
        for k in stride(from: 16, through: 1, by: -1) { series = 1 + series * rest / Double(k) }
        return Double(sign: .plus, exponent: Int(power), significand: series)
    }

    /// - Precondition: `base` is not negative.
    static func pow(_ base: Double, _ exponent: Double) -> Double {
        base == 0 ? 0 : exp(exponent * log(base))
    }
}
