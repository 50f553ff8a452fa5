// Whether the verdict keeps its promise (statistics.md, "Acceptance"): how often luck survives, and how often skill does.
// Every number comes from fixed seeds and from the product's own engine, figures and verdict. Prints JSON; ends with 1
// when a promise is not kept.
//
// usage: Simulations [FOLDER]     with the demo prices; without it the demo stocks are left out
import Backtest
import Glibc
import JSON
import Market

/// What came out of a simulation, and what was promised.
struct Outcome {
    enum Promise {
        case atMost(Double), atLeast(Double)
        /// Outside of the promise, told so that nobody thinks it reaches further.
        case none
    }

    let name: String
    let rate: Double
    let promise: Promise
    var also = ""

    var isKept: Bool {
        switch promise {
        case .atMost(let bound): rate <= bound
        case .atLeast(let bound): rate >= bound
        case .none: true
        }
    }

    func write(into json: inout Writer) {
        json.object { json in
            json.member("name", name)
            json.member("rate", rate)
            switch promise {
            case .atMost(let bound): json.member("at_most", bound)
            case .atLeast(let bound): json.member("at_least", bound)
            case .none: break
            }
            json.member("is_kept", isKept)
            json.member("also", also)
        }
    }
}

/// Fifty variants on each of many walks, without costs: the best one must not look like skill.
func walks(_ name: String, _ count: Int, annualDrift: Double, simulation: UInt64, _ promise: Outcome.Promise) -> Outcome
{
    var best = 0, any = 0
    for walk in 0..<count {
        var random = Seeded(simulation, walk)
        guard let bars = try? PreparedBars(Walk.bars(&random, annualDrift: annualDrift)) else {
            fatalError("a bad walk")
        }
        var family = Family()
        for definition in Definitions.fifty { family.add(definition, on: bars) }
        let survival = family.survival
        if survival.best { best += 1 }
        if survival.any { any += 1 }
    }
    return Outcome(
        name: name, rate: Double(best) / Double(count), promise: promise,
        also: "\(count) walks; any of the 50 on \(percent(any, of: count))")
}

/// One try each, which nothing deflates: what the market gave must not pass for skill. Entries and exits by chance, at
/// the costs that the page proposes; without costs 5 % is what a test at 95 % lets through by its nature.
func coinFlips(_ stocks: [(name: String, bars: CandleSeries)], simulation: UInt64) -> Outcome {
    let perStock = 500, runs = perStock * stocks.count
    var survivors = 0, withoutCosts = 0
    for (index, stock) in stocks.enumerated() {
        for flip in 0..<perStock {
            var random = Seeded(simulation, index << 16 | flip)
            let bars = Coin.flips(stock.bars, &random)
            var family = Family()
            family.add(Definitions.coin, on: bars, costs: 5)
            if family.survival.best { survivors += 1 }
            var free = Family()
            free.add(Definitions.coin, on: bars)
            if free.survival.best { withoutCosts += 1 }
        }
    }
    return Outcome(
        name: "coin-flip entries on the demo stocks survive, 5 bps a side", rate: Double(survivors) / Double(runs),
        promise: .atMost(0.05), also: "\(runs) runs; without costs \(percent(withoutCosts, of: runs))")
}

/// Among fifty tries one knows something: what is left of it after the market has this annual Sharpe ratio.
func planted(
    _ name: String, _ count: Int, sharpe: Double, annualDrift: Double, simulation: UInt64, _ promise: Outcome.Promise
) -> Outcome {
    var best = 0
    for walk in 0..<count {
        var random = Seeded(simulation, walk)
        // In and out by chance, about half of the days each; in on a day means holding from its close to the next.
        var isIn = false
        let states = (0..<Walk.days).map { _ -> Bool in
            if random.unit() < 0.1 { isIn.toggle() }
            return isIn
        }
        // Half of the excess return is earned by holding on good days, half by not holding on bad ones: with half of
        // the market's spread left in it, its Sharpe ratio is that of the edge itself.
        let edge = sharpe / 252.0.squareRoot()
        let series = Walk.bars(&random, annualDrift: annualDrift) { day in
            day == 0 ? 0 : states[day - 1] ? edge : -edge
        }
        var family = Family()
        family.add(Definitions.coin, on: Coin.bars(series) { states[$0] ? .buy : .sell })
        for _ in 1..<50 { family.add(Definitions.coin, on: Coin.flips(series, &random)) }
        if family.survival.best { best += 1 }
    }
    return Outcome(name: name, rate: Double(best) / Double(count), promise: promise, also: "\(count) markets")
}

func percent(_ part: Int, of whole: Int) -> String { "\((Double(part) / Double(whole) * 1_000).rounded() / 10) %" }

var outcomes = [
    walks("the best of 50 variants on a random walk survives", 1_000, annualDrift: 0, simulation: 1, .atMost(0.05)),
    walks("... with an upward drift of 10 % a year", 1_000, annualDrift: 0.10, simulation: 2, .atMost(0.05)),
    walks(
        "... of 16 % a year, a market with a Sharpe ratio of 1", 1_000, annualDrift: 0.16, simulation: 3, .atMost(0.05)),
]
if CommandLine.arguments.count > 1 {
    outcomes.append(coinFlips(demoStocks(in: CommandLine.arguments[1]), simulation: 4))
}
outcomes += [
    // V is the spread of all tries, that of the skill itself among them: of a Sharpe ratio of 1.5 it makes a fifth more of
    // SR0, and so takes it for luck more often than the 70 % that were asked for allow. Leaving it out would be asking
    // others what luck is and believing only oneself, so the skill has to be larger.
    planted(
        "a planted annual excess Sharpe ratio of 1.5, 10 years, 50 tries, survives", 1_000, sharpe: 1.5,
        annualDrift: 0.10, simulation: 5, .none),
    planted("... of 1.75", 1_000, sharpe: 1.75, annualDrift: 0.10, simulation: 7, .atLeast(0.70)),
    planted("... of 1.5 in a market without drift", 300, sharpe: 1.5, annualDrift: 0, simulation: 6, .none),
]
var json = Writer()
json.array(outcomes) { $1.write(into: &$0) }
print(String(decoding: json.bytes, as: UTF8.self))
exit(outcomes.allSatisfy(\.isKept) ? 0 : 1)
