import Market
import Strategy

/// Every column a definition's conditions look at, each once, one block of bars at a time: a few kilobytes that stay in
/// the cache instead of columns as long as the series. The only owner of its memory.
struct IndicatorTable: ~Copyable {
    private let bars: BarPointers
    private var windows: [PriceWindow] = []
    private var streams: [IndicatorStream] = []
    private let memory: UnsafeMutablePointer<Double>

    /// Finds what the conditions look at. Indicators of equal type, period and source are one column whatever they are
    /// called.
    init(_ conditions: [Condition], over bars: BarPointers, tickScale: TickScale?) {
        self.bars = bars
        var sources: [PriceSource] = []
        var indicators: [Indicator] = []
        func use(_ source: PriceSource) { if !sources.contains(source) { sources.append(source) } }
        func use(_ operand: Operand) {
            switch operand {
            case .indicator(let indicator):
                use(indicator.source)
                if !indicators.contains(where: { Self.areOneColumn($0, indicator) }) { indicators.append(indicator) }
            case .price(let source): use(source)
            case .literal: break
            }
        }
        for condition in conditions {
            use(condition.left)
            use(condition.right)
        }
        let capacity = min(PriceWindow.blockBars, Signals.wordCount(bars.count) * 64)
        let windowCells = PriceWindow.cells(capacity: capacity)
        let cells = sources.count * windowCells + indicators.count * (capacity + 8)
        memory = .allocate(capacity: cells)
        memory.initialize(repeating: 0, count: cells)
        var next = memory
        for source in sources {
            windows.append(PriceWindow(source, scale: tickScale, memory: next, capacity: capacity))
            next += windowCells
        }
        for indicator in indicators {
            streams.append(IndicatorStream(indicator, cells: next))
            next += capacity + 8
        }
    }

    deinit { memory.deallocate() }

    /// Computes all columns of all bars, block after block; `body` gets each in order while its cells are there.
    mutating func forEachBlock(
        checkpoint: Checkpoint, _ body: (_ block: Range<Int>) -> Void
    ) throws(BacktestRefusal) {
        for begin in stride(from: 0, to: bars.count, by: PriceWindow.blockBars) {
            if begin % checkpointBars == 0 { try checkpoint() }
            let end = min(begin + PriceWindow.blockBars, bars.count)
            for index in windows.indices {
                windows[index].advance(over: bars.prices(windows[index].source), to: begin, count: end - begin)
            }
            for index in streams.indices {
                let source = streams[index].indicator.source
                streams[index].fill(from: windows.first { $0.source == source }!)
            }
            body(begin..<end)
        }
    }

    /// Not-a-number where there is none yet; those of the current block.
    borrowing func cells(of indicator: Indicator) -> UnsafePointer<Double> {
        UnsafePointer(streams.first { Self.areOneColumn($0.indicator, indicator) }!.cells)
    }

    borrowing func bind(_ conditions: [Condition]) -> [BoundCondition] {
        var bound: [BoundCondition] = []
        for condition in conditions {
            bound.append(
                BoundCondition(
                    cells(of: condition.left), condition.comparison, cells(of: condition.right),
                    firstBar: max(Self.firstBar(of: condition.left), Self.firstBar(of: condition.right))))
        }
        return bound
    }

    private borrowing func cells(of operand: Operand) -> OperandCells {
        switch operand {
        case .indicator(let indicator): .column(cells(of: indicator))
        case .price(let source): .column(windows.first { $0.source == source }!.prices)
        case .literal(let number): .literal(number)
        }
    }

    private static func firstBar(of operand: Operand) -> Int {
        if case .indicator(let indicator) = operand { IndicatorStream.firstBar(of: indicator) } else { 0 }
    }

    private static func areOneColumn(_ one: Indicator, _ other: Indicator) -> Bool {
        one.type == other.type && one.period == other.period && one.source == other.source
    }
}

/// The bars on which a definition's two rules hold: conditions compiled to bits.
struct CompiledRules: ~Copyable {
    let entry: Signals
    let exit: Signals

    /// - Parameter bars: at least one.
    init(
        entry: [Condition], exit: [Condition], over bars: BarPointers, tickScale: TickScale?, checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        let words = Signals.wordCount(bars.count)
        let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * words)
        memory.initialize(repeating: ~0, count: 2 * words)
        self.entry = Signals(words: memory)
        self.exit = Signals(words: memory + words)
        var table = IndicatorTable(entry + exit, over: bars, tickScale: tickScale)
        var entry = table.bind(entry)
        var exit = table.bind(exit)
        try table.forEachBlock(checkpoint: checkpoint) { block in
            let begin = block.lowerBound
            let count = Signals.wordCount(block.count)
            for index in entry.indices { entry[index].narrow(memory + begin / 64, count: count, begin: begin) }
            for index in exit.indices { exit[index].narrow(memory + words + begin / 64, count: count, begin: begin) }
        }
    }

    deinit { entry.words.deallocate() }
}
