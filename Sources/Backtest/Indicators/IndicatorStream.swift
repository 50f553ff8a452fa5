import Strategy

/// One indicator, computed block by block in order, in one lane or in eight side by side.
struct IndicatorStream {
    let indicator: Indicator
    /// Its prices' place among all sources.
    let source: Int
    /// The values of a block, not-a-number where there is none yet.
    let values: MutableColumn<Double>
    private let recurrence: any Recurrence
    /// Of the recurrence.
    private let memory: MutableColumn<Double>

    /// - Parameter arena: with ``cells(_:_:)`` to spare.
    init(_ indicator: Indicator, source: Int, _ plan: ColumnPlan, in arena: inout ColumnArena) {
        self.indicator = indicator
        self.source = source
        values = arena.column(count: plan.blockCells)
        let kind = indicator.type.recurrence
        memory = arena.column(count: 8 * kind.remembered)
        memory.fill(0..<8 * kind.remembered, with: 0)
        recurrence = kind.init(period: indicator.period, memory: memory)
    }

    /// How many cells of an arena values and memory take.
    static func cells(_ indicator: Indicator, _ plan: ColumnPlan) -> Int {
        ColumnArena.cells(count: plan.blockCells)
            + ColumnArena.cells(count: 8 * indicator.type.recurrence.remembered)
    }

    func start(_ lane: Int, at price: Double) { recurrence.start(lane, at: price) }

    /// What a lane remembers.
    func memory(_ lane: Int) -> Eight {
        var remembered = Eight()
        for number in 0..<indicator.type.recurrence.remembered { remembered[number] = memory[8 * number + lane] }
        return remembered
    }

    /// Lets the only lane remember that.
    func recall(_ remembered: Eight) {
        for number in 0..<indicator.type.recurrence.remembered { memory[8 * number] = remembered[number] }
    }

    /// Fills the values of the bars a window shows. Periods are shorter than a block, so one lane begins within its first;
    /// eight begin in the middle of the bars.
    func fill(from window: PriceWindow) {
        guard window.lanes == 1 else { return recurrence.fillLanes(from: window, into: values) }
        var begin = 0
        if window.begin == 0 {
            begin = min(indicator.firstBar, window.count)
            values.fill(0..<begin, with: .nan)
            if begin < window.count, let value = recurrence.firstValue(window) {
                values[begin] = value
                begin += 1
            }
        }
        recurrence.fill(begin..<window.count, from: window, into: values)
    }
}

extension Indicator {
    /// The first bar of all that has a value.
    var firstBar: Int { type.recurrence.firstBar(period: period) }

    /// How far a value may be from the exact one, as a share of it.
    func error(isOnGrid: Bool) -> Double {
        Double(type.recurrence.roundings(period: period, isOnGrid: isOnGrid)) * 0x1p-53
    }

    /// How many bars of run-up a lane needs; 0: none.
    var memoryBars: Int { type.recurrence.memoryBars(period: period) }

    /// How many bars before a block it looks at.
    var windowBars: Int { type.recurrence.windowBars(period: period) }
}
