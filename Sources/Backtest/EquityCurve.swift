/// Plain arithmetic over equity curves.
enum EquityCurve {
    /// From each point to the next, one fewer than points; not-a-number where there was nothing left to lose. True when
    /// there is no such.
    static func returns(_ equity: [Double], into output: UnsafeMutablePointer<Double>) -> Bool {
        equity.withUnsafeBufferPointer { equity in
            guard let points = equity.baseAddress else { return true }
            let count = equity.count - 1
            var isWhole = true
            var i = 0
            while i + 8 <= count {
                let before = points.eight(at: i)
                if !all(before .> 0) { break }
                output.store(points.eight(at: i + 1) / before - 1, at: i)
                i += 8
            }
            while i < count {
                let exists = points[i] > 0
                output[i] = exists ? points[i + 1] / points[i] - 1 : .nan
                isWhole = isWhole && exists
                i += 1
            }
            return isWhole
        }
    }
}
