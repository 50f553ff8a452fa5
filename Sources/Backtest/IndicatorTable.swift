import Market
import Strategy

/// Every column a definition's conditions look at, each once, one block of bars at a time: a few kilobytes that stay in
/// the cache instead of columns as long as the series. The only owner of its memory.
///
/// An average that follows from the one before makes the processor wait on every bar. So a long series is cut into eight
/// stretches of equal length, and eight lanes go over them side by side. The first lane begins at the first bar; the
/// others begin some bars before their stretch, from nothing: an average forgets, and agrees to the last bit with one
/// that has run from the first bar, almost always. Where one stretch ends, the start of the next is compared with it;
/// were one bit different, the lane that was right goes on over that stretch, too. So what comes out is, bit for bit,
/// what one pass over all bars gives.
struct IndicatorTable: ~Copyable {
    /// Some bars of one lane, the cells of which are there.
    struct Block {
        let lane: Int
        let bars: Range<Int>
        /// Only the last bar matters: as the one before the lane's first.
        var isRunUp = false
    }

    static let laneCapacity = 8

    /// 1 or all.
    let laneCount: Int
    private let bars: BarPointers
    /// Bars before its stretch on which a lane begins.
    private let runUp: Int
    private let capacity: Int
    /// Of each source the lanes', one after the other.
    private var windows: [PriceWindow] = []
    private var streams: [IndicatorStream] = []
    /// Eight of each number that conditions compare with.
    private let literals: UnsafeMutablePointer<Double>
    private let memory: UnsafeMutablePointer<Double>

    init(_ conditions: [Condition], over bars: BarPointers, tickScale: TickScale?) {
        self.bars = bars
        let needs = ColumnNeeds(conditions)
        // Without a grid, the compensated sum of an SMA never forgets.
        let memoryBars = tickScale == nil ? 0 : needs.memoryBars
        // Whole words of signals, and long enough for the longest window.
        runUp = max((memoryBars + 63) / 64 * 64, 256)
        laneCount = memoryBars > 0 && Self.stretch(bars.count) > runUp ? Self.laneCapacity : 1
        capacity = min(PriceWindow.blockBars, Signals.wordCount(bars.count) * 64)
        let windowCells = PriceWindow.cells(capacity: capacity)
        let laneCells =
            needs.sources.count * windowCells + needs.indicators.count * IndicatorStream.pitch(capacity: capacity)
        let cells = laneCount * laneCells + 8 * needs.numbers.count
        memory = .allocate(capacity: cells)
        memory.initialize(repeating: 0, count: cells)
        literals = memory
        var next = memory
        for number in needs.numbers {
            next.update(repeating: number, count: 8)
            next += 8
        }
        windows.reserveCapacity(needs.sources.count * laneCount)
        for index in needs.sources.indices {
            for _ in 0..<laneCount {
                windows.append(
                    PriceWindow(
                        needs.sources[index], needs.columns[index], scale: tickScale, memory: next, capacity: capacity))
                next += windowCells
            }
        }
        streams.reserveCapacity(needs.indicators.count)
        for indicator in needs.indicators {
            let window = needs.sources.firstIndex(of: indicator.source)! * laneCount
            streams.append(IndicatorStream(indicator, window: window, memory: next, capacity: capacity))
            next += IndicatorStream.pitch(capacity: capacity) * laneCount
        }
    }

    deinit { memory.deallocate() }

    /// Bars of a lane's stretch: whole words of signals; fewer than nine words are left over.
    private static func stretch(_ bars: Int) -> Int { bars / (64 * laneCapacity) * 64 }

    /// Computes all columns of all bars; `body` gets each block while its cells are there, those of a lane in order. A
    /// block that comes again replaces what came before.
    mutating func forEachBlock(
        checkpoint: Checkpoint, _ body: (Block) -> Void
    ) throws(BacktestRefusal) {
        guard laneCount > 1 else { return try advance(0, over: 0..<bars.count, checkpoint, body) }
        let length = Self.stretch(bars.count)
        for lane in 1..<Self.laneCapacity { start(lane, at: lane * length - runUp) }
        for offset in stride(from: 0, to: runUp, by: capacity) {
            let count = min(capacity, runUp - offset)
            try checkpoint(Self.laneCapacity * count)
            advance(from: 1, by: count)
            guard offset + count == runUp else { continue }
            for lane in 1..<Self.laneCapacity {
                body(Block(lane: lane, bars: (lane * length - count)..<(lane * length), isRunUp: true))
            }
        }
        let starts = streams.map { stream in (0..<Self.laneCapacity).map { stream.state($0) } }
        for offset in stride(from: 0, to: length, by: capacity) {
            let count = min(capacity, length - offset)
            try checkpoint(Self.laneCapacity * count)
            advance(from: 0, by: count)
            for lane in 0..<Self.laneCapacity {
                body(Block(lane: lane, bars: (lane * length + offset)..<(lane * length + offset + count)))
            }
        }
        var right = 0
        for lane in 1..<Self.laneCapacity {
            if streams.indices.allSatisfy({ streams[$0].state(right) == starts[$0][lane] }) {
                right = lane
            } else {
                try advance(right, over: (lane * length)..<((lane + 1) * length), checkpoint, body)
            }
        }
        try advance(right, over: (Self.laneCapacity * length)..<bars.count, checkpoint, body)
    }

    private mutating func start(_ lane: Int, at begin: Int) {
        for index in stride(from: lane, to: windows.count, by: laneCount) {
            windows[index].start(over: bars.prices(windows[index].source), at: begin)
        }
        for index in streams.indices {
            let window = windows[streams[index].window + lane]
            streams[index].start(lane, at: window.priceBefore)
        }
    }

    /// One lane over bars that follow those it has seen.
    private mutating func advance(
        _ lane: Int, over range: Range<Int>, _ checkpoint: Checkpoint, _ body: (Block) -> Void
    ) throws(BacktestRefusal) {
        for begin in stride(from: range.lowerBound, to: range.upperBound, by: capacity) {
            let end = min(begin + capacity, range.upperBound)
            try checkpoint(end - begin)
            show(lane, by: end - begin)
            for index in streams.indices { streams[index].fill(lane, from: windows[streams[index].window + lane]) }
            body(Block(lane: lane, bars: begin..<end))
        }
    }

    /// All lanes, or all but the first, which has no run-up.
    private mutating func advance(from first: Int, by count: Int) {
        for lane in first..<Self.laneCapacity { show(lane, by: count) }
        for index in streams.indices { streams[index].fill(from: first, windows) }
    }

    private mutating func show(_ lane: Int, by count: Int) {
        for index in stride(from: lane, to: windows.count, by: laneCount) {
            windows[index].advance(over: bars.prices(windows[index].source), by: count)
        }
    }

    /// Not-a-number where there is none yet; those of the lane's current block.
    borrowing func cells(of indicator: Indicator, _ lane: Int) -> UnsafePointer<Double> {
        UnsafePointer(streams.first { ColumnNeeds.areOneColumn($0.indicator, indicator) }!.cells(lane))
    }

    /// One for each lane.
    borrowing func bind(_ conditions: [Condition]) -> [BoundCondition] {
        var bound: [BoundCondition] = []
        bound.reserveCapacity(conditions.count * laneCount)
        for lane in 0..<laneCount {
            for condition in conditions {
                bound.append(
                    BoundCondition(
                        cells(of: condition.left, lane), condition.comparison, cells(of: condition.right, lane),
                        firstBar: max(Self.firstBar(of: condition.left), Self.firstBar(of: condition.right))))
            }
        }
        return bound
    }

    private borrowing func cells(of operand: Operand, _ lane: Int) -> OperandCells {
        switch operand {
        case .indicator(let indicator): OperandCells(cells: cells(of: indicator, lane), step: 1)
        case .price(let source):
            OperandCells(cells: windows[windows.firstIndex { $0.source == source }! + lane].prices, step: 1)
        case .literal(let number): OperandCells(cells: cells(of: number), step: 0)
        }
    }

    /// - Parameter number: one of the conditions'.
    private borrowing func cells(of number: Double) -> UnsafePointer<Double> {
        var cells = literals
        while cells[0] != number { cells += 8 }
        return UnsafePointer(cells)
    }

    private static func firstBar(of operand: Operand) -> Int {
        if case .indicator(let indicator) = operand { IndicatorStream.firstBar(of: indicator) } else { 0 }
    }
}

/// What conditions look at, each once. Indicators of equal type, period and source are one column whatever they are
/// called.
private struct ColumnNeeds {
    private(set) var sources: [PriceSource] = []
    /// Of each source.
    private(set) var columns: [PriceWindow.Columns] = []
    private(set) var indicators: [Indicator] = []
    private(set) var numbers: [Double] = []

    init(_ conditions: [Condition]) {
        for condition in conditions {
            add(condition.left)
            add(condition.right)
        }
    }

    /// The longest run-up that any indicator needs.
    var memoryBars: Int {
        var bars = 0
        for index in indicators.indices { bars = max(bars, IndicatorStream.memory(of: indicators[index])) }
        return bars
    }

    private mutating func add(_ operand: Operand) {
        switch operand {
        case .indicator(let indicator):
            add(indicator.source, IndicatorStream.columns(of: indicator))
            if !indicators.contains(where: { Self.areOneColumn($0, indicator) }) { indicators.append(indicator) }
        case .price(let source): add(source, .prices)
        case .literal(let number): if !numbers.contains(number) { numbers.append(number) }
        }
    }

    private mutating func add(_ source: PriceSource, _ wanted: PriceWindow.Columns) {
        if let index = sources.firstIndex(of: source) {
            columns[index].formUnion(wanted)
        } else {
            sources.append(source)
            columns.append(wanted)
        }
    }

    static func areOneColumn(_ one: Indicator, _ other: Indicator) -> Bool {
        one.type == other.type && one.period == other.period && one.source == other.source
    }
}
