import Strategy

/// One indicator, computed block by block in order, in one lane or in eight side by side.
struct IndicatorStream {
    let indicator: Indicator
    /// Its prices' place among all sources.
    let source: Int
    /// The values of a block, not-a-number where there is none yet.
    let values: LaneColumns<Double>
    private var recurrence: any Recurrence

    /// - Parameter arena: with ``cells(_:)`` to spare.
    init(_ indicator: Indicator, source: Int, _ plan: ColumnPlan, in arena: inout ColumnArena) {
        self.indicator = indicator
        self.source = source
        values = arena.lanes(plan.lanes, count: plan.blockBars)
        recurrence = indicator.type.recurrence.init(period: indicator.period)
    }

    /// How many cells of an arena the values take.
    static func cells(_ plan: ColumnPlan) -> Int { plan.lanes * ColumnArena.cells(count: plan.blockBars) }

    mutating func start(_ lane: Int, at price: Double) { recurrence.start(lane, at: price) }

    /// Fills the values of one lane for the bars its window shows.
    mutating func fill(_ lane: Int, from window: PriceWindow) {
        let begin = fillFirst(lane, window)
        recurrence.fill(lane, begin..<window.count, from: window, into: values[lane])
    }

    /// Fills the values of all lanes, which show equally many bars. Only the first can show the first bars of all, and
    /// the others wait for it. As long as it shows none, it goes over zeros, of which it remembers nothing.
    mutating func fill(from prices: PriceLanes) {
        let begin = fillFirst(0, prices.window(0))
        let lanes = 1..<Eight.scalarCount
        if begin > 0 {
            for lane in lanes {
                recurrence.fill(lane, 0..<begin, from: prices.window(lane), into: values[lane])
            }
        }
        recurrence.fill(begin..<prices.window(lanes.lowerBound).count, from: prices, into: values)
    }

    func memory(_ lane: Int) -> Eight { recurrence.memory(lane) }

    /// The bars without a value and the first value of all, if they are in the window; periods are shorter than a
    /// block. The bar from which on every value is like the others.
    private mutating func fillFirst(_ lane: Int, _ window: PriceWindow) -> Int {
        guard window.begin == 0 else { return 0 }
        let values = values[lane]
        let first = min(indicator.firstBar, window.count)
        values.fill(0..<first, with: .nan)
        guard first < window.count, let value = recurrence.firstValue(lane, window) else { return first }
        values[first] = value
        return first + 1
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
}
