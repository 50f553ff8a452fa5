/// Slots between the first and the last bar that have none; see ``ExpectedBars``.
///
/// Up to five sessions or days, or 24 hours, in a row are good to know (exchanges and venues have their outages); a longer
/// run is a hole, and a strategy that ran across it held what it held without a price. Bars are never filled in.
enum Gaps {
    static func findings(_ expected: ExpectedBars, in series: InspectedSeries) -> [Finding] {
        let runs = expected.missing.filter { $0.count <= Identity.longestHole(series) }
        return runs.map { run in
            let isHole = run.count > series.longestGap
            let what = "\(series.amount(run.count)) without a bar, \(series.span(run.from, run.to))"
            return Finding(
                .gap, isHole ? .warning : .info, from: run.from, to: run.to, count: run.count,
                isHole
                    ? "A hole: \(what). Import these bars from another source, or start after it: a position held across it has no price in between."
                    : "\(what). If the market was open, import the bars again.")
        }.bounded { others, bars in
            "\(others) more gaps, \(series.amount(bars)) in all. A source that leaves out so much is better replaced."
        }
    }
}
