import Market

/// A hole of more than 250 days with bars on both sides: tickers are given to other companies, and companies change their
/// tickers, so that what is on its two sides may not be the same thing, or the same thing traded under another name.
enum Identity {
    static func longestHole(_ series: InspectedSeries) -> Int {
        250 * Int(Timeframe.day.microseconds / series.timeframe.microseconds)
    }

    static func findings(_ expected: ExpectedBars, in series: InspectedSeries) -> [Finding] {
        let holes = expected.missing.filter { $0.count > longestHole(series) }
        return holes.map { hole in
            Finding(
                .identity, .error, from: hole.from, to: hole.to, count: hole.count,
                "No bar in \(series.amount(hole.count)), \(series.span(hole.from, hole.to)): the letters may have been another "
                    + "company's before, or this one traded under others in between. Do not test across it; import each part "
                    + "under a symbol of its own.")
        }.bounded { others, bars in "\(others) more holes of that kind, \(series.amount(bars)) in all." }
    }
}
