import Strategy

/// On which bars a definition's rules hold: what a trader may look at without a trial being counted. No position is
/// opened, so no profit or loss can be read from it.
public struct SignalPreview: Equatable, Sendable {
    /// Indices among the loaded bars, ascending, all of them in the range.
    public let entries: [Int]
    public let exits: [Int]
}

extension Engine {
    /// The bars from `first` on which the entry and the exit rule hold, by the very evaluation a run trades on.
    ///
    /// - Parameters: as of ``run(_:on:from:options:periodsPerYear:limits:isCancelled:now:)``.
    public static func preview(
        _ definition: StrategyDefinition, on bars: PreparedBars, from first: Int = 0,
        limits: EngineLimits = EngineLimits(), isCancelled: () -> Bool = { false }, now: () -> UInt64 = { 0 }
    ) throws(BacktestRefusal) -> SignalPreview {
        try check(definition, bars, first, nil, limits)
        let begin = now()
        let pace = Pace()
        var entries: [Int] = [], exits: [Int] = []
        func checkpoint(_ bars: Int) throws(BacktestRefusal) {
            guard pace.isDue(before: bars) else { return }
            try limits.look(isCancelled: isCancelled(), begin: begin, now: now())
        }
        try CompiledRules.with(definition, over: bars, checkpoint: checkpoint) { columns, rules in
            entries = rules.entry.bars(from: first, before: columns.count)
            exits = rules.exit.bars(from: first, before: columns.count)
        }
        return SignalPreview(entries: entries, exits: exits)
    }
}

extension Signals {
    /// Every bar in `from..<end` on which the rule holds.
    fileprivate func bars(from: Int, before end: Int) -> [Int] {
        var found: [Int] = []
        var bar = next(from: from, before: end)
        while bar < end {
            found.append(bar)
            bar = next(from: bar + 1, before: end)
        }
        return found
    }
}
