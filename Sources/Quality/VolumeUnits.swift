/// A stretch of a coin's volume in the quote currency instead of coins: sources swap the two columns. Volume is looked at in
/// blocks of 48 bars; where its median goes from one block to the next up or down by about the price itself (between its
/// powers of 2/3 and 4/3, for trade itself is more or less busy), and a coin costs 100 or more, the larger side is money.
/// Cheaper coins are not told apart from busy days.
enum VolumeUnits {
    private static let length = 48

    private struct Block {
        let bars: Range<Int>
        let volume: Double
        let price: Double
    }

    static func findings(in series: InspectedSeries) -> [Finding] {
        guard series.assetType == .crypto else { return [] }
        let blocks = blocks(of: series)
        /// From which block on volume is in money; nil while it is in coins.
        var start: Int?
        var isKnown = false
        var findings: [Finding] = []
        for (index, (block, next)) in zip(blocks, blocks.dropFirst()).enumerated() {
            let ratio = max(next.volume / block.volume, block.volume / next.volume)
            let price = (block.price * next.price).squareRoot()
            let cubed = ratio * ratio * ratio, squared = price * price
            guard price >= 100, cubed >= squared, cubed <= squared * squared else { continue }
            if next.volume > block.volume {
                start = index + 1
            } else if start != nil || !isKnown {
                findings.append(finding(blocks[start ?? 0].bars.lowerBound, block.bars.upperBound - 1, series))
                start = nil
            }
            isKnown = true
        }
        if let start { findings.append(finding(blocks[start].bars.lowerBound, series.count - 1, series)) }
        return findings.bounded { others, bars in
            "\(others) more stretches with volume in the quote currency, \(series.amount(bars)) in all."
        }
    }

    /// Those with any volume.
    private static func blocks(of series: InspectedSeries) -> [Block] {
        stride(from: 0, to: series.count, by: length).compactMap { start in
            let bars = start..<min(start + length, series.count)
            let volumes = series.bars.volume[bars].filter { $0 > 0 }.sorted()
            guard !volumes.isEmpty else { return nil }
            return Block(
                bars: bars, volume: volumes[volumes.count / 2], price: series.bars.close[bars.lowerBound])
        }
    }

    private static func finding(_ first: Int, _ last: Int, _ series: InspectedSeries) -> Finding {
        let from = series.bars.times[first], to = series.bars.times[last]
        return Finding(
            .volumeUnit, .warning, from: from, to: to, count: last - first + 1,
            "The volume \(series.span(from, to)), give or take \(length) bars, is in money and not in coins: the source swapped "
                + "two columns. Import these bars with the other volume column.")
    }
}
