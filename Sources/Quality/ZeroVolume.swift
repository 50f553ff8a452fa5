import Market

/// Bars without volume: any of an equity, more than 1 % of a coin's. One that is flat as well (all four prices the same)
/// was filled in by the source.
enum ZeroVolume {
    static func findings(in series: InspectedSeries) -> [Finding] {
        let bars = series.bars
        var count = 0, flat = 0
        var ends: (first: Int64, last: Int64)?
        for index in 0..<series.count where bars.volume[index] == 0 {
            count += 1
            if bars.high[index] == bars.low[index] { flat += 1 }
            ends = (ends?.first ?? bars.times[index], bars.times[index])
        }
        guard let ends, series.assetType == .equity || count * 100 > series.count else { return [] }
        let all = count == series.count
        return [
            Finding(
                .zeroVolume, .info, from: ends.first, to: ends.last, count: count,
                all
                    ? "No bar has a volume: the source does not give any. Rules that use the volume cannot work."
                    : "\(counted(count, "bar")) without volume of \(series.count)"
                        + (flat > 0 ? ", \(flat) of them with one price: filled in by the source" : "")
                        + ". Nobody could have traded there; see that no fill depends on them.")
        ]
    }
}
