import Market

/// A moment that a replay's clock can stand at, and the bars of its symbols that are stored of it.
struct ReplayMoment: Sendable {
    /// Start of the bars, as it is stored, Unix microseconds.
    let start: Int64
    /// Each with the place of its symbol; in their order.
    var bars: [(place: Int, bar: StoredExactBar)]

    /// The moments of several series, in the order of time: one passes when any of them has a bar there.
    ///
    /// - Parameter series: by the places of their symbols, each in the order of time.
    static func all(of series: [[StoredExactBar]]) -> [ReplayMoment] {
        var moments: [Int64: ReplayMoment] = [:]
        for (place, bars) in series.enumerated() {
            for bar in bars {
                moments[bar.start, default: ReplayMoment(start: bar.start, bars: [])].bars.append((place, bar))
            }
        }
        return moments.values.sorted { $0.start < $1.start }
    }
}
