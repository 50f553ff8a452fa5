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
            let cells = IndicatorWalk.cells(plan) + 2 * BoundRule.cells(bars: bars.count)
            try ColumnArena.with(cells: cells) { arena throws(BacktestRefusal) in
                let rules = try CompiledRules(definition, plan, over: columns, in: &arena, checkpoint: checkpoint)
                try body(columns, rules)
            }
        }
    }

    private init(
        _ definition: StrategyDefinition, _ plan: ColumnPlan, over bars: BarColumns, in arena: inout ColumnArena,
        checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        var walk = IndicatorWalk(plan, over: bars, in: &arena)
        var entry = BoundRule(definition.entry, walk, bars: bars.count, in: &arena)
        var exit = BoundRule(definition.exit, walk, bars: bars.count, in: &arena)
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
    private var one: [BoundCondition]
    private var eight: [BoundCondition]
    /// Of a block, and of one condition.
    private let block: MutableColumn<UInt64>
    private let found: MutableColumn<UInt64>

    /// - Parameter arena: with ``cells(bars:)`` to spare.
    init(_ conditions: [Condition], _ walk: IndicatorWalk, bars: Int, in arena: inout ColumnArena) {
        words = arena.column(count: Signals.wordCount(bars))
        block = arena.column(count: Self.blockWords)
        found = arena.column(count: Self.blockWords)
        one = walk.one.bind(conditions)
        eight = walk.eight?.bind(conditions) ?? []
    }

    static func cells(bars: Int) -> Int {
        ColumnArena.cells(count: Signals.wordCount(bars)) + 2 * ColumnArena.cells(count: blockWords)
    }

    /// The one lane goes on where one of the eight ended.
    mutating func resume(after lane: Int) {
        for index in one.indices { one[index].resume(after: lane, of: eight[index]) }
    }

    mutating func look(at block: IndicatorWalk.Block) {
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
