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
        let plan = ColumnPlan([definition.entry, definition.exit], bars: bars.count, tickScale: bars.tickScale)
        try BarColumns.with(bars.series) { columns throws(BacktestRefusal) in
            let ruleCells = BoundRule.cells(definition.entry, plan) + BoundRule.cells(definition.exit, plan)
            let cells = IndicatorWalk.cells(plan) + ruleCells
            try ColumnArena.with(cells: cells) { arena throws(BacktestRefusal) in
                let rules = try CompiledRules(definition, plan, over: columns, in: &arena, checkpoint: checkpoint)
                try body(columns, rules)
            }
        }
    }

    private init(
        _ definition: borrowing StrategyDefinition, _ plan: borrowing ColumnPlan, over bars: BarColumns,
        in arena: inout ColumnArena, checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        var walk = IndicatorWalk(plan, over: bars, in: &arena)
        let entry = BoundRule(definition.entry, walk, bars: bars.count, in: &arena)
        let exit = BoundRule(definition.exit, walk, bars: bars.count, in: &arena)
        try walk.forEachBlock(checkpoint: checkpoint) {
            entry.resume(after: $0)
            exit.resume(after: $0)
        } _: {
            entry.look(at: $0)
            exit.look(at: $0)
        }
        self.entry = Signals(words: entry.words.reading)
        self.exit = Signals(words: exit.words.reading)
    }
}

/// The conditions of a rule bound to the columns of a walk, and the bars on which all of them hold.
private struct BoundRule {
    private static let blockWords = ColumnPlan.maximumBlockCells / 64

    let words: MutableColumn<UInt64>
    private let one: [BoundCondition]
    private let eight: [BoundCondition]
    /// Of a block, and of one condition.
    private let block: MutableColumn<UInt64>
    private let found: MutableColumn<UInt64>

    /// - Parameter arena: with ``cells(_:_:)`` to spare.
    init(_ conditions: borrowing [Condition], _ walk: borrowing IndicatorWalk, bars: Int, in arena: inout ColumnArena) {
        words = arena.column(count: Signals.wordCount(bars))
        block = arena.column(count: Self.blockWords)
        found = arena.column(count: Self.blockWords)
        one = walk.one.bind(conditions, in: &arena)
        eight = walk.eight?.bind(conditions, in: &arena) ?? []
    }

    static func cells(_ conditions: [Condition], _ plan: ColumnPlan) -> Int {
        ColumnArena.cells(count: Signals.wordCount(plan.bars)) + 2 * ColumnArena.cells(count: blockWords)
            + (plan.lanes > 1 ? 2 : 1) * conditions.count * BoundCondition.cells
    }

    /// The one lane goes on where one of the eight ended.
    func resume(after lane: Int) {
        for index in one.indices { one[index].resume(after: lane, of: eight[index]) }
    }

    func look(at block: IndicatorWalk.Block) {
        guard block.lanes > 1 else {
            let words = words.counted(from: block.begin / 64), count = Signals.wordCount(block.count)
            words.fill(0..<count, with: ~0)
            for index in one.indices {
                one[index].narrow(words, count: count, begin: block.begin, workingIn: found)
            }
            return
        }
        self.block.fill(0..<block.lanes, with: ~0)
        for index in eight.indices {
            eight[index].narrow(self.block, count: block.lanes, begin: block.begin, workingIn: found)
        }
        guard !block.isRunUp else { return }
        for lane in 0..<block.lanes { words[(block.begin + lane * block.pitch) / 64] = self.block[lane] }
    }
}
