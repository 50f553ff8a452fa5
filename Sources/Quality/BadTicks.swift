/// A print that cannot be traded: a spike of which the next close has taken half back or more, to within 20 % of the level
/// before it, or a bar whose low is under half of its open and close, or whose high is over twice both. Stops and targets
/// would fill at such prices.
struct BadTicks {
    private let series: InspectedSeries
    var findings: [Finding] = []

    init(_ series: InspectedSeries) { self.series = series }

    static func comesBack(_ spike: Jump) -> Bool {
        guard let next = spike.nextRatio else { return false }
        return (next - 1).magnitude <= min(0.2, (spike.ratio - 1).magnitude / 2)
    }

    func finding(of spike: Jump) -> Finding {
        let time = series.bars.times[spike.index]
        return Finding(
            .badTick, .warning, from: time, to: time, count: 1,
            "The price moved by \(Words.change(spike.ratio)), \(series.span(time, time)), and came back in the next bar: a bad "
                + "print, or a very thin market. Compare the bar with another source and import it corrected.")
    }

    func outlier(at index: Int) -> Finding? {
        let bars = series.bars
        let lowest = min(bars.open[index], bars.close[index]), highest = max(bars.open[index], bars.close[index])
        let (name, price): (String, Double)
        if bars.low[index] < 0.5 * lowest {
            (name, price) = ("low", bars.low[index])
        } else if bars.high[index] > 2 * highest {
            (name, price) = ("high", bars.high[index])
        } else {
            return nil
        }
        let time = bars.times[index]
        return Finding(
            .badTick, .warning, from: time, to: time, count: 1,
            "The \(name) \(series.span(time, time)) is \(Words.price(price)), far from open \(Words.price(bars.open[index])) and "
                + "close \(Words.price(bars.close[index])): a stop or target would have filled there. Compare the bar with another "
                + "source and import it corrected.")
    }

    var bounded: [Finding] {
        findings.bounded { others, _ in "\(others) more bars with prices that cannot have been traded." }
    }
}
