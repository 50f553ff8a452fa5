import Market
import Strategy

/// The bars on which a definition's two rules hold: conditions compiled to bits.
struct CompiledRules {
    let entry: Signals
    let exit: Signals

    /// Lends `body` the bars of a series and the rules over them.
    ///
    /// - Parameter series: not empty.
    static func with(
        _ definition: StrategyDefinition, over bars: PreparedBars, checkpoint: Checkpoint,
        _ body: (BarColumns, CompiledRules) throws(BacktestRefusal) -> Void
    ) throws(BacktestRefusal) {
        let plan = ColumnPlan(definition.entry + definition.exit, bars: bars.count, tickScale: bars.tickScale)
        try BarColumns.with(bars.series) { columns throws(BacktestRefusal) in
            try ColumnArena.with(cells: plan.cells + cells(bars: bars.count)) { arena throws(BacktestRefusal) in
                let rules = try CompiledRules(definition, plan, over: columns, in: &arena, checkpoint: checkpoint)
                try body(columns, rules)
            }
        }
    }

    private static func cells(bars: Int) -> Int {
        2 * ColumnArena.cells(count: Signals.wordCount(bars))
            + 2 * ColumnArena.cells(count: ColumnPlan.maximumBlockBars / 64)
    }

    private init(
        _ definition: StrategyDefinition, _ plan: ColumnPlan, over bars: BarColumns, in arena: inout ColumnArena,
        checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        let (entry, exit) = (definition.entry, definition.exit)
        let entryWords = arena.column(of: UInt64.self, count: Signals.wordCount(bars.count))
        let exitWords = arena.column(of: UInt64.self, count: Signals.wordCount(bars.count))
        // Of a block that is not kept, and of one condition.
        let spare = arena.column(of: UInt64.self, count: ColumnPlan.maximumBlockBars / 64)
        let found = arena.column(of: UInt64.self, count: ColumnPlan.maximumBlockBars / 64)
        var table = IndicatorTable(plan, over: bars, in: &arena)
        var entries = table.bind(entry)
        var exits = table.bind(exit)
        try table.forEachBlock(checkpoint: checkpoint) { block in
            let place = block.bars.lowerBound / 64
            Self.narrow(
                &entries, entry.count, block, block.isRunUp ? spare : entryWords.counted(from: place), workingIn: found)
            Self.narrow(
                &exits, exit.count, block, block.isRunUp ? spare : exitWords.counted(from: place), workingIn: found)
        }
        self.entry = Signals(words: entryWords.reading)
        self.exit = Signals(words: exitWords.reading)
    }

    /// - Parameters:
    ///   - count: of the conditions of one lane.
    ///   - words: of the block.
    private static func narrow(
        _ conditions: inout [BoundCondition], _ count: Int, _ block: IndicatorTable.Block,
        _ words: MutableColumn<UInt64>, workingIn found: MutableColumn<UInt64>
    ) {
        let wordCount = Signals.wordCount(block.bars.count)
        words.fill(0..<wordCount, with: ~0)
        for index in (block.lane * count)..<((block.lane + 1) * count) {
            conditions[index].narrow(words, count: wordCount, begin: block.bars.lowerBound, workingIn: found)
        }
    }
}
