import Market

/// One indicator, computed block by block in order, in one lane or in eight side by side.
struct IndicatorStream {
    let line: Line
    /// Its prices' place among all sources.
    let source: Int
    /// The values of a block, not-a-number where there is none yet.
    let values: MutableColumn<Double>
    private let memory: MutableColumn<Double>

    /// - Parameter arena: with ``cells(_:_:)`` to spare.
    init(_ line: Line, source: Int, _ plan: borrowing ColumnPlan, in arena: inout ColumnArena) {
        self.line = line
        self.source = source
        values = arena.column(count: plan.blockCells)
        memory = arena.column(count: 8 * line.recurrence.remembered)
        memory.fill(0..<8 * line.recurrence.remembered, with: 0)
    }

    /// How many cells of an arena values and memory take.
    static func cells(_ line: Line, _ plan: ColumnPlan) -> Int {
        ColumnArena.cells(count: plan.blockCells) + ColumnArena.cells(count: 8 * line.recurrence.remembered)
    }

    func start(_ lane: Int, at price: Double) {
        line.recurrence.start(lane, at: price, period: line.period, memory)
    }

    /// What a lane remembers.
    func memory(_ lane: Int) -> Eight {
        var remembered = Eight()
        for number in 0..<line.recurrence.remembered { remembered[number] = memory[8 * number + lane] }
        return remembered
    }

    /// Lets the only lane remember that.
    func recall(_ remembered: Eight) {
        for number in 0..<line.recurrence.remembered { memory[8 * number] = remembered[number] }
    }

    /// Fills the values of the bars a window shows. Periods are shorter than a block, so one lane begins within its first;
    /// eight begin in the middle of the bars.
    func fill(from window: PriceWindow) {
        let (recurrence, period) = (line.recurrence, line.period)
        guard window.lanes == 1 else {
            return recurrence.fillLanes(from: window, period: period, memory, into: values)
        }
        var begin = 0
        if window.begin == 0 {
            begin = min(line.firstBar, window.count)
            values.fill(0..<begin, with: .nan)
            if begin < window.count, let value = recurrence.firstValue(window, period: period, memory) {
                values[begin] = value
                begin += 1
            }
        }
        recurrence.fill(begin..<window.count, from: window, period: period, memory, into: values)
    }
}
