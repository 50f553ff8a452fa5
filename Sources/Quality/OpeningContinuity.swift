/// A market that never closes opens where it closed: in half of a coin's bars that follow one another, or more, the open is
/// 5 basis points or more from the close before. A thin pair does that, and so do bars put together of several venues.
enum OpeningContinuity {
    private static let bound = 0.000_5
    private static let fewest = 100

    static func findings(in series: InspectedSeries) -> [Finding] {
        guard series.assetType == .crypto, let first = series.bars.times.first, let last = series.bars.times.last else {
            return []
        }
        let bars = series.bars
        var pairs = 0, apart = 0
        for index in 1..<max(1, series.count)
        where bars.times[index] - bars.times[index - 1] == series.timeframe.microseconds {
            pairs += 1
            if (bars.open[index] / bars.close[index - 1] - 1).magnitude >= bound { apart += 1 }
        }
        guard pairs >= fewest, apart * 2 >= pairs else { return [] }
        return [
            Finding(
                .openingContinuity, .info, from: first, to: last, count: apart,
                "In \(Words.percent(Double(apart) / Double(pairs))) of the bars the open is 0.05 % or more away from the close "
                    + "before, though this market never closes: a thin pair, or bars of several venues. Reckon with slippage of "
                    + "that size.")
        ]
    }
}
