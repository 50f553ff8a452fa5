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
struct IndicatorTable {
    /// Some bars of one lane, the cells of which are there.
    struct Block {
        let lane: Int
        let bars: Range<Int>
        /// Only the last bar matters: as the one before the lane's first.
        var isRunUp = false
    }

    private let plan: ColumnPlan
    private var sources: [PriceLanes] = []
    private var streams: [IndicatorStream] = []
    /// Eight of each number that conditions compare with.
    private let literals: MutableColumn<Double>

    /// - Parameter arena: with ``ColumnPlan/cells`` to spare; the table lasts as long.
    init(_ plan: ColumnPlan, over bars: BarColumns, in arena: inout ColumnArena) {
        self.plan = plan
        literals = arena.column(count: 8 * plan.numbers.count)
        for (index, number) in plan.numbers.enumerated() { literals.fill(8 * index..<8 * index + 8, with: number) }
        sources.reserveCapacity(plan.sources.count)
        for (source, forms) in zip(plan.sources, plan.forms) {
            sources.append(PriceLanes(source, bars.prices(source), forms, plan, in: &arena))
        }
        streams.reserveCapacity(plan.indicators.count)
        for indicator in plan.indicators {
            let source = plan.sources.firstIndex(of: indicator.source)!
            streams.append(IndicatorStream(indicator, source: source, plan, in: &arena))
        }
    }

    /// Computes all columns of all bars; `body` gets each block while its cells are there, those of a lane in order. A
    /// block that comes again replaces what came before.
    mutating func forEachBlock(
        checkpoint: Checkpoint, _ body: (Block) -> Void
    ) throws(BacktestRefusal) {
        guard plan.lanes > 1 else { return try advance(0, over: 0..<plan.bars, checkpoint, body) }
        let (lanes, capacity, length, runUp) = (plan.lanes, plan.blockBars, plan.stretch, plan.runUp)
        for lane in 1..<lanes { start(lane, at: lane * length - runUp) }
        for offset in stride(from: 0, to: runUp, by: capacity) {
            let count = min(capacity, runUp - offset)
            try checkpoint(lanes * count)
            advance(from: 1, by: count)
            guard offset + count == runUp else { continue }
            for lane in 1..<lanes {
                body(Block(lane: lane, bars: (lane * length - count)..<(lane * length), isRunUp: true))
            }
        }
        let starts = streams.map { stream in (0..<lanes).map { stream.memory($0) } }
        for offset in stride(from: 0, to: length, by: capacity) {
            let count = min(capacity, length - offset)
            try checkpoint(lanes * count)
            advance(from: 0, by: count)
            for lane in 0..<lanes {
                body(Block(lane: lane, bars: (lane * length + offset)..<(lane * length + offset + count)))
            }
        }
        var right = 0
        for lane in 1..<lanes {
            if streams.indices.allSatisfy({ streams[$0].memory(right) == starts[$0][lane] }) {
                right = lane
            } else {
                try advance(right, over: (lane * length)..<((lane + 1) * length), checkpoint, body)
            }
        }
        try advance(right, over: (lanes * length)..<plan.bars, checkpoint, body)
    }

    private mutating func start(_ lane: Int, at begin: Int) {
        for index in sources.indices { sources[index].start(lane, at: begin) }
        for index in streams.indices {
            streams[index].start(lane, at: sources[streams[index].source].priceBefore(lane))
        }
    }

    /// One lane over bars that follow those it has seen.
    private mutating func advance(
        _ lane: Int, over range: Range<Int>, _ checkpoint: Checkpoint, _ body: (Block) -> Void
    ) throws(BacktestRefusal) {
        for begin in stride(from: range.lowerBound, to: range.upperBound, by: plan.blockBars) {
            let end = min(begin + plan.blockBars, range.upperBound)
            try checkpoint(end - begin)
            for index in sources.indices { sources[index].advance(lane, by: end - begin) }
            for index in streams.indices {
                streams[index].fill(lane, from: sources[streams[index].source].window(lane))
            }
            body(Block(lane: lane, bars: begin..<end))
        }
    }

    /// All lanes, or all but the first, which has no run-up.
    private mutating func advance(from first: Int, by count: Int) {
        for lane in first..<plan.lanes {
            for index in sources.indices { sources[index].advance(lane, by: count) }
        }
        for index in streams.indices { streams[index].fill(from: sources[streams[index].source]) }
    }

    /// Not-a-number where there is none yet; those of the lane's current block.
    func values(of indicator: Indicator, _ lane: Int) -> Column<Double> {
        streams.first { $0.indicator.isSameColumn(as: indicator) }!.values[lane].reading
    }

    /// One for each lane.
    func bind(_ conditions: [Condition]) -> [BoundCondition] {
        var bound: [BoundCondition] = []
        bound.reserveCapacity(conditions.count * plan.lanes)
        for lane in 0..<plan.lanes {
            for condition in conditions {
                bound.append(
                    BoundCondition(
                        cells(of: condition.left, lane), condition.comparison, cells(of: condition.right, lane),
                        error: error(of: condition.left) + error(of: condition.right),
                        firstBar: max(Self.firstBar(of: condition.left), Self.firstBar(of: condition.right))))
            }
        }
        return bound
    }

    private func cells(of operand: Operand, _ lane: Int) -> OperandCells {
        switch operand {
        case .indicator(let indicator): OperandCells(cells: values(of: indicator, lane), step: 1)
        case .price(let source):
            OperandCells(cells: sources.first { $0.source == source }!.prices[lane].reading, step: 1)
        case .literal(let number): OperandCells(cells: cells(of: number), step: 0)
        }
    }

    /// - Parameter number: one of the conditions'.
    private func cells(of number: Double) -> Column<Double> {
        let index = plan.numbers.indices.first { literals[8 * $0] == number }!
        return literals.reading.counted(from: 8 * index)
    }

    private func error(of operand: Operand) -> Double {
        if case .indicator(let indicator) = operand { indicator.error(isOnGrid: plan.tickScale != nil) } else { 0 }
    }

    private static func firstBar(of operand: Operand) -> Int {
        if case .indicator(let indicator) = operand { indicator.firstBar } else { 0 }
    }
}
