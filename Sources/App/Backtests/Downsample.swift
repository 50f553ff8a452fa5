/// Chooses which points of a curve to draw so that its extremes stay.
enum Downsample {
    /// Indices of at most `limit` points (at least 2), ascending: the first, the last, and the lowest and highest of
    /// each of equal stretches in between. All of them when there are no more than `limit`.
    static func indices(of values: [Double], limit: Int) -> [Int] {
        let count = values.count
        guard count > limit, limit >= 2 else { return Array(0..<min(count, max(limit, 0))) }
        let stretches = (limit - 2) / 2
        var chosen = [0]
        chosen.reserveCapacity(limit)
        for stretch in 0..<stretches {
            let from = 1 + (count - 2) * stretch / stretches, to = 1 + (count - 2) * (stretch + 1) / stretches
            var low = from, high = from
            for index in from..<to {
                if values[index] < values[low] { low = index }
                if values[index] > values[high] { high = index }
            }
            chosen.append(min(low, high))
            if low != high { chosen.append(max(low, high)) }
        }
        chosen.append(count - 1)
        return chosen
    }
}
