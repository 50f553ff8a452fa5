public import Market

/// Bars that were made of fewer shorter ones than they have room for: which they are is only known while they are made, so
/// whoever made them has to say. Nothing is wrong with them as far as it goes, but what is missing may have been the highest
/// price of the day.
public enum PartialBars {
    /// - Parameters:
    ///   - starts: Unix microseconds, in order.
    ///   - bars: of the series, in order.
    public static func findings(_ starts: [Int64], in bars: CandleSeries, _ timeframe: Timeframe) -> [Finding] {
        var runs: [ClosedRange<Int>] = []
        for start in starts {
            let index = bars.index(atOrAfter: start)
            guard index < bars.count, bars.times[index] == start else { continue }
            if let run = runs.last, run.upperBound + 1 == index {
                runs[runs.count - 1] = run.lowerBound...index
            } else {
                runs.append(index...index)
            }
        }
        return runs.map { run in
            let (from, to) = (bars.times[run.lowerBound], bars.times[run.upperBound])
            let place = timeframe.span(from, to)
            return Finding(
                .partialBar, .info, from: from, to: to, count: run.count,
                "\(counted(run.count, "bar")) made of fewer shorter ones than there is room for, \(place): the high, the low "
                    + "and the volume may lack something. If the source has them all, import it again.")
        }.bounded { others, bars in "\(others) more places with such bars, \(counted(bars, "bar")) in all." }
    }
}
