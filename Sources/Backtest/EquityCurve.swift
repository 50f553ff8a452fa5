import Market

/// Plain arithmetic over equity curves and their returns.
enum EquityCurve {
    /// From each point to the next; not-a-number where there was nothing left to lose.
    static func returns(_ equity: [Double]) -> [Double] {
        guard equity.count > 1 else { return [] }
        return (1..<equity.count).map { equity[$0 - 1] > 0 ? equity[$0] / equity[$0 - 1] - 1 : .nan }
    }

    /// The largest fall from a peak, as a fraction; the first peak is the initial equity.
    static func maxDrawdown(_ equity: [Double], from initial: Double) -> Double {
        var peak = initial
        var deepest = 0.0
        for value in equity {
            if value >= peak { peak = value } else { deepest = max(deepest, 1 - value / peak) }
        }
        return deepest
    }

    /// The longest span from the bar of a peak to the first bar that reaches it again, in calendar days. The initial
    /// equity is a peak on the first bar; a span that never ends runs to the last bar.
    static func longestUnderwater(
        _ equity: [Double], from initial: Double, times: ArraySlice<Int64>
    ) -> (days: Double, hasRecovered: Bool) {
        let begin = times.startIndex
        var peak = initial
        var peakTime = times.first ?? 0
        var isUnder = false
        var longest: Int64 = 0
        for (index, value) in equity.enumerated() {
            if value < peak {
                isUnder = true
                continue
            }
            if isUnder { longest = max(longest, times[begin + index] - peakTime) }
            isUnder = false
            peak = value
            peakTime = times[begin + index]
        }
        var hasRecovered = true
        if isUnder, let last = times.last, last - peakTime >= longest {
            longest = last - peakTime
            hasRecovered = false
        }
        return (Double(longest) / Double(Timeframe.day.microseconds), hasRecovered)
    }

    /// Mean return over the root of the mean square of the losing ones, both over all returns.
    static func sortinoPerBar(_ returns: [Double]) -> Figure {
        var sum = 0.0
        var squares = 0.0
        var count = 0.0
        for value in returns where !value.isNaN {
            sum += value
            if value < 0 { squares += value * value }
            count += 1
        }
        guard count > 0 else { return .missing(.sampleTooShort) }
        guard squares > 0 else { return .missing(.noLosses) }
        return .number(sum / count / (squares / count).squareRoot())
    }

    /// The straight line through pairs of returns, over the pairs that exist; nil below two or without a spread in `x`.
    static func regression(of y: [Double], on x: [Double]) -> (slope: Double, intercept: Double)? {
        var count = 0.0
        var sumX = 0.0
        var sumY = 0.0
        for (y, x) in zip(y, x) where !x.isNaN && !y.isNaN {
            count += 1
            sumX += x
            sumY += y
        }
        guard count >= 2 else { return nil }
        let meanX = sumX / count
        let meanY = sumY / count
        var covariance = 0.0
        var variance = 0.0
        for (y, x) in zip(y, x) where !x.isNaN && !y.isNaN {
            covariance += (x - meanX) * (y - meanY)
            variance += (x - meanX) * (x - meanX)
        }
        guard (variance / (count - 1)).squareRoot() > ReturnMoments.leastSpread else { return nil }
        let slope = covariance / variance
        return (slope, meanY - slope * meanX)
    }
}
