import Market
import Strategy

/// The prices of one source in the forms that are read, in one lane or eight. Each lane moves over the bars block by
/// block.
struct PriceLanes {
    /// Cells before a block that stay readable: the widest window of an indicator, and one for the sum before it.
    private static let history = TickScale.longestWindow + 8

    let source: PriceSource
    /// All bars.
    private let stored: Column<Double>
    private let scale: TickScale?
    private let forms: PriceForms
    let prices: LaneColumns<Double>
    let levels: LaneColumns<Double>
    private let tickSums: LaneColumns<Int64>
    /// Of each lane the first bar of its block, and how many bars there are in it.
    private var begins = SIMD8<Int>()
    private var counts = SIMD8<Int>()

    /// - Parameters:
    ///   - stored: the prices of all bars. If they lie on no grid, prices are the only form.
    ///   - arena: with ``cells(_:_:)`` to spare.
    init(
        _ source: PriceSource, _ stored: Column<Double>, _ forms: PriceForms, _ plan: ColumnPlan,
        in arena: inout ColumnArena
    ) {
        self.source = source
        self.stored = stored
        scale = plan.tickScale
        self.forms = scale == nil ? .prices : forms
        let (has, lanes, count) = (self.forms, plan.lanes, plan.blockBars)
        prices = has.contains(.prices) ? arena.lanes(lanes, before: Self.history, count: count) : .none
        levels =
            scale == nil
            ? prices : has.contains(.levels) ? arena.lanes(lanes, before: Self.history, count: count) : .none
        tickSums = has.contains(.tickSums) ? arena.lanes(lanes, before: Self.history, count: count) : .none
    }

    /// How many cells of an arena the columns take.
    static func cells(_ forms: PriceForms, _ plan: ColumnPlan) -> Int {
        let columns = plan.tickScale == nil ? 1 : forms.rawValue.nonzeroBitCount
        return columns * plan.lanes * ColumnArena.cells(before: history, count: plan.blockBars)
    }

    /// What a lane shows.
    @inline(__always)
    func window(_ lane: Int) -> PriceWindow {
        PriceWindow(
            prices: prices[lane].reading, levels: levels[lane].reading, tickSums: tickSums[lane].reading, scale: scale,
            begin: begins[lane], count: counts[lane])
    }

    /// Puts a lane into the middle of the bars. Of those before only the last is known, so sums mean nothing until the
    /// widest window has passed.
    mutating func start(_ lane: Int, at begin: Int) {
        begins[lane] = begin
        counts[lane] = 0
        guard let scale, forms.contains(.levels) else { return }
        levels[lane][-1] = TickScale.nearestWhole(stored[begin - 1] * scale.ticksPerUnit)
    }

    /// Of the bar before the block of a lane, right after ``start(_:at:)``, as conditions see it.
    func priceBefore(_ lane: Int) -> Double {
        let price = stored[begins[lane] - 1]
        return scale.map { TickScale.nearestWhole(price * $0.ticksPerUnit) / $0.ticksPerUnit } ?? price
    }

    /// Shows a lane's next bars, at most a block of them.
    mutating func advance(_ lane: Int, by bars: Int) {
        if counts[lane] > 0 { keepHistory(lane, counts[lane]) }
        begins[lane] += counts[lane]
        counts[lane] = bars
        let stored = stored.counted(from: begins[lane])
        guard let scale else { return prices[lane].copy(0..<bars, of: stored) }
        if forms.contains(.prices) { fillPrices(lane, bars, stored, scale) }
        switch (forms.contains(.levels), forms.contains(.tickSums)) {
        case (true, true): fillTicks(lane, bars, stored, scale, levels: true, sums: true)
        case (true, false): fillTicks(lane, bars, stored, scale, levels: true, sums: false)
        case (false, true): fillTicks(lane, bars, stored, scale, levels: false, sums: true)
        case (false, false): break
        }
    }

    private func keepHistory(_ lane: Int, _ count: Int) {
        if scale == nil {
            let prices = prices[lane]
            return prices.copy(-Self.history..<0, of: prices.reading.counted(from: count))
        }
        if forms.contains(.levels) { levels[lane][-1] = levels[lane][count - 1] }
        guard forms.contains(.tickSums) else { return }
        let tickSums = tickSums[lane]
        tickSums.copy(-Self.history..<1, of: tickSums.reading.counted(from: count))
    }

    private func fillPrices(_ lane: Int, _ count: Int, _ stored: Column<Double>, _ scale: TickScale) {
        let prices = prices[lane]
        prices.copy(0..<count, of: stored)
        guard !scale.isExact else { return }
        for i in 0..<count { prices[i] = TickScale.nearestWhole(prices[i] * scale.ticksPerUnit) / scale.ticksPerUnit }
    }

    /// 1.5 * 2^52: a number of this size has no fraction left, and its lowest bits count its units.
    private static let magic = 0x1.8p52

    @inline(__always)
    private func fillTicks(
        _ lane: Int, _ count: Int, _ stored: Column<Double>, _ scale: TickScale, levels hasLevels: Bool,
        sums hasSums: Bool
    ) {
        let levels = levels[lane]
        let tickSums = tickSums[lane]
        let ticksPerUnit = scale.ticksPerUnit
        let zero = Int64(bitPattern: Self.magic.bitPattern)
        var i = 0
        while i + 8 <= count {
            let shifted = stored.eight(at: i) * ticksPerUnit + Self.magic
            if hasLevels { levels.store(shifted - Self.magic, at: i) }
            if hasSums {
                let ticks = SIMD8<Int64>(truncatingIfNeeded: unsafeBitCast(shifted, to: SIMD8<UInt64>.self)) &- zero
                tickSums.store(ticks, at: i + 1)
            }
            i += 8
        }
        while i < count {
            let shifted = stored[i] * ticksPerUnit + Self.magic
            if hasLevels { levels[i] = shifted - Self.magic }
            if hasSums { tickSums[i + 1] = Int64(bitPattern: shifted.bitPattern) &- zero }
            i += 1
        }
        guard hasSums else { return }
        var sum = tickSums[0]
        for i in 1...count {
            sum &+= tickSums[i]
            tickSums[i] = sum
        }
    }
}
