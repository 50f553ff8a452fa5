import Market

/// How far and how long an equity curve falls below its peaks; the first peak is the initial equity, on the first bar.
struct CurveFall {
    /// The largest fall from a peak, as a fraction.
    private(set) var deepest = 0.0
    /// The longest span from the bar of a peak to the first bar that reaches it again; one that never ends runs to the
    /// last bar.
    private(set) var longest: Int64 = 0
    private(set) var hasRecovered = true

    /// The longest span in calendar days.
    var longestDays: Double { Double(longest) / Double(Timeframe.day.microseconds) }

    init(_ equity: UnsafeBufferPointer<Double>, from initial: Double, times: ArraySlice<Int64>) {
        guard let points = equity.baseAddress, let firstTime = times.first, let lastTime = times.last else { return }
        let begin = times.startIndex
        var peak = initial
        var peakTime = firstTime
        // Of single points, and of whole eights; together the lowest point since the peak.
        var lowest = Double.infinity
        var lowestEight = Eight(repeating: .infinity)
        var isUnder = false
        var i = 0
        while i < equity.count {
            if i + 8 <= equity.count {
                let eight = points.eight(at: i)
                if all(eight .< peak) {
                    lowestEight.replace(with: eight, where: eight .< lowestEight)
                    isUnder = true
                    i += 8
                    continue
                }
            }
            for i in i..<min(i + 8, equity.count) {
                let value = points[i]
                if value < peak {
                    lowest = min(lowest, value)
                    isUnder = true
                    continue
                }
                let time = times[begin + i]
                if isUnder {
                    fell(to: min(lowest, Self.least(lowestEight)), from: peak)
                    longest = max(longest, time - peakTime)
                    lowest = .infinity
                    lowestEight = Eight(repeating: .infinity)
                    isUnder = false
                }
                peak = value
                peakTime = time
            }
            i += 8
        }
        guard isUnder else { return }
        fell(to: min(lowest, Self.least(lowestEight)), from: peak)
        if lastTime - peakTime >= longest {
            longest = lastTime - peakTime
            hasRecovered = false
        }
    }

    private static func least(_ values: Eight) -> Double {
        var least = values[0]
        for lane in 1..<8 { least = min(least, values[lane]) }
        return least
    }

    /// Rounding keeps order, so the lowest point below a peak is also the deepest fall from it.
    private mutating func fell(to lowest: Double, from peak: Double) { deepest = max(deepest, 1 - lowest / peak) }
}
