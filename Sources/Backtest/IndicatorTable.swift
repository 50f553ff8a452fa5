import Market
import Strategy

/// Every column a definition's conditions look at, each once, one block of bars at a time: a few kilobytes that stay in
/// the cache instead of columns as long as the series. In one lane or in eight side by side.
struct IndicatorTable {
    let lanes: Int
    private let tickScale: TickScale?
    private var sources: [PriceLanes] = []
    private var streams: [IndicatorStream] = []
    /// Eight of each number that conditions compare with.
    private let literals: MutableColumn<Double>
    private let literalCount: Int

    /// - Parameter arena: with ``cells(_:lanes:)`` to spare; the table lasts as long.
    init(_ plan: borrowing ColumnPlan, lanes: Int, over bars: BarColumns, in arena: inout ColumnArena) {
        self.lanes = lanes
        tickScale = plan.tickScale
        literalCount = plan.numbers.count
        literals = arena.column(count: 8 * literalCount)
        for (index, number) in plan.numbers.enumerated() { literals.fill(8 * index..<8 * index + 8, with: number) }
        sources.reserveCapacity(plan.sources.count)
        for (source, forms) in plan.sources {
            sources.append(PriceLanes(source, bars.prices(source), forms, plan, lanes: lanes, in: &arena))
        }
        streams.reserveCapacity(plan.lines.count)
        for line in plan.lines {
            let source = plan.sources.firstIndex { $0.source == line.source }!
            streams.append(IndicatorStream(line, source: source, plan, in: &arena))
        }
    }

    /// How many cells of an arena a table takes.
    static func cells(_ plan: ColumnPlan, lanes: Int) -> Int {
        var cells = ColumnArena.cells(count: 8 * plan.numbers.count)
        for line in plan.lines { cells += IndicatorStream.cells(line, plan) }
        for (_, forms) in plan.sources { cells += PriceLanes.cells(forms, plan, lanes: lanes) }
        return cells
    }

    /// Puts the lanes on some bars, each by the pitch behind the one before and the first of them on the first bar of all,
    /// as if the price had stood still until then.
    mutating func start(pitch: Int) {
        for index in sources.indices { sources[index].start(pitch: pitch) }
        for index in streams.indices {
            for lane in 0..<lanes {
                streams[index].start(lane, at: sources[streams[index].source].priceBefore(lane))
            }
        }
    }

    /// Puts the only lane on a bar, with what a lane of another table remembers.
    mutating func resume(at bar: Int, after lane: Int, of other: IndicatorTable) {
        for index in sources.indices { sources[index].resume(at: bar) }
        for index in streams.indices { streams[index].recall(other.streams[index].memory(lane)) }
    }

    /// What a lane remembers of each indicator.
    func memory(_ lane: Int) -> [Eight] { streams.map { $0.memory(lane) } }

    /// Computes all columns over the next bars of each lane.
    mutating func advance(by count: Int) {
        for index in sources.indices { sources[index].advance(by: count) }
        for index in streams.indices { streams[index].fill(from: sources[streams[index].source].window) }
    }

    /// Not-a-number where there is none yet; those of the current block.
    func values(of line: Line) -> Column<Double> {
        streams.first { $0.line == line }!.values.reading
    }

    /// - Parameter arena: with ``BoundCondition/cells`` to spare for each.
    func bind(_ conditions: [Condition], in arena: inout ColumnArena) -> [BoundCondition] {
        var bound: [BoundCondition] = []
        bound.reserveCapacity(conditions.count)
        for condition in conditions {
            bound.append(
                BoundCondition(
                    cells(of: condition.left), condition.comparison, cells(of: condition.right), lanes: lanes,
                    error: error(of: condition.left) + error(of: condition.right),
                    firstBar: max(Self.firstBar(of: condition.left), Self.firstBar(of: condition.right)), in: &arena))
        }
        return bound
    }

    private func cells(of operand: Operand) -> OperandCells {
        switch operand {
        case .indicator(let indicator): OperandCells(cells: values(of: Line(indicator)), step: 1)
        case .price(let source):
            OperandCells(cells: sources.first { $0.source == source }!.window.prices, step: 1)
        case .literal(let number): OperandCells(cells: cells(of: number), step: 0)
        }
    }

    /// - Parameter number: one of the conditions'.
    private func cells(of number: Double) -> Column<Double> {
        let index = (0..<literalCount).first { literals[8 * $0] == number }!
        return literals.reading.counted(from: 8 * index)
    }

    private func error(of operand: Operand) -> Double {
        if case .indicator(let indicator) = operand { Line(indicator).error(isOnGrid: tickScale != nil) } else { 0 }
    }

    private static func firstBar(of operand: Operand) -> Int {
        if case .indicator(let indicator) = operand { Line(indicator).firstBar } else { 0 }
    }
}
