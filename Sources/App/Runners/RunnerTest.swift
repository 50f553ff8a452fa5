import Backtest
import Market
import Postgres
import Strategy
import System

/// What the version of a runner does on the bars since its start, by the engine's own code.
struct RunnerTest: Sendable {
    /// All that were loaded.
    let bars: CandleSeries
    /// Index of the first bar after the start.
    let first: Int
    let run: ForwardRun
    let options: SimulationOptions

    /// - Throws: ``RunnerFault`` where the version cannot be run on what is stored.
    static func load(_ runner: Runner, _ configuration: Configuration, in db: inout Connection) throws -> RunnerTest {
        guard let definition = runner.definition else {
            throw RunnerFault(sentence: "This release does not take its version of the strategy any more.")
        }
        let start = runner.afterBar.microseconds + 1
        let bars = try db.run(
            .bars(
                BarTable(runner.assetType, runner.timeframe), symbol: runner.symbolID, from: start, to: nil,
                warmUp: definition.warmUpBars))
        guard let options = runner.options, let periods = runner.timeframe.periodsPerYear(of: runner.assetType) else {
            throw RunnerFault(sentence: "This release does not take its options any more.")
        }
        let first = bars.index(atOrAfter: start)
        do {
            let run = try Engine.follow(
                definition, on: ForwardBars(bars), from: first, options: options, periodsPerYear: periods,
                limits: EngineLimits(configuration), now: { UInt64(SystemClock.monotonicNanoseconds()) })
            return RunnerTest(bars: bars, first: first, run: run, options: options)
        } catch let error as BarError {
            throw RunnerFault(sentence: "Stored bar \(error.index) cannot be used: \(error.fault).")
        } catch let refusal as BacktestRefusal {
            throw RunnerFault(sentence: refusal.message)
        }
    }

    /// Starts of the bars since its start.
    var times: ArraySlice<Int64> { bars.times[first...] }
}

/// Why a runner cannot be followed.
struct RunnerFault: Error {
    /// For its owner.
    let sentence: String
}

extension Runner {
    /// Of the backtest it is compared with.
    var options: SimulationOptions? {
        try? SimulationOptions(
            initialEquity: capital.asDouble, allocationPercent: (allocation.asDouble * 100).rounded(places: 4),
            commissionBasisPoints: (commission.asDouble * 10_000).rounded(places: 4), executionTiming: .nextOpen)
    }
}
