import Market

/// Bars of an equity on days when New York's exchange is closed. A few are mistakes of the source: a date shifted by a time
/// zone, a holiday filled in. Where they are more than 2 % (and more than five) the series keeps another exchange's days,
/// Sundays in Riyadh, Saturdays in Mumbai: then they are right, and one finding says that New York's calendar does not fit.
enum ExtraBars {
    static func findings(_ expected: ExpectedBars, in series: InspectedSeries) -> [Finding] {
        guard let first = expected.extra.first, let last = expected.extra.last else { return [] }
        let count = expected.extra.count
        guard expected.keepsCalendar else {
            return [
                Finding(
                    .extraBar, .info, from: first, to: last, count: count,
                    "\(counted(count, "bar")) on days when New York's exchange is closed: the series keeps the days of "
                        + "another exchange, so only gaps of more than \(series.longestGap) days are told.")
            ]
        }
        return expected.extra.map { time in
            Finding(
                .extraBar, .warning, from: time, to: time, count: 1,
                "A bar on \(series.written(time)), when New York's exchange was closed: its date may be shifted by a time zone, or "
                    + "the day filled in by the source. Compare it with another source.")
        }.bounded { others, _ in "\(others) more bars on days when New York's exchange was closed." }
    }
}
