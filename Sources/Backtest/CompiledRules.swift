import Market
import Strategy

/// The bars on which a definition's two rules hold: conditions compiled to bits.
struct CompiledRules: ~Copyable {
    let entry: Signals
    let exit: Signals

    /// - Parameter bars: at least one.
    init(
        entry: [Condition], exit: [Condition], over bars: BarPointers, tickScale: TickScale?, checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        let words = Signals.wordCount(bars.count)
        let spareWords = PriceWindow.blockBars / 64
        let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * words + spareWords)
        memory.initialize(repeating: 0, count: 2 * words + spareWords)
        self.entry = Signals(words: memory)
        self.exit = Signals(words: memory + words)
        let spare = memory + 2 * words
        var table = IndicatorTable(entry + exit, over: bars, tickScale: tickScale)
        var entries = table.bind(entry)
        var exits = table.bind(exit)
        try table.forEachBlock(checkpoint: checkpoint) { block in
            Self.narrow(&entries, entry.count, block, block.isRunUp ? spare : memory + block.bars.lowerBound / 64)
            Self.narrow(&exits, exit.count, block, block.isRunUp ? spare : memory + words + block.bars.lowerBound / 64)
        }
    }

    deinit { entry.words.deallocate() }

    private static func narrow(
        _ conditions: inout [BoundCondition], _ count: Int, _ block: IndicatorTable.Block,
        _ words: UnsafeMutablePointer<UInt64>
    ) {
        let wordCount = Signals.wordCount(block.bars.count)
        words.update(repeating: ~0, count: wordCount)
        for index in (block.lane * count)..<((block.lane + 1) * count) {
            conditions[index].narrow(words, count: wordCount, begin: block.bars.lowerBound)
        }
    }
}
