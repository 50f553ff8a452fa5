import Market
import Strategy

/// The prices of one source in the forms that are read, in one lane or in eight side by side, over one block of bars and a
/// little before it. The lanes move over the bars block by block, equally far from one another.
struct PriceLanes {
    let source: PriceSource
    /// All bars.
    private let stored: Column<Double>
    private let scale: TickScale?
    private let forms: PriceForms
    private let lanes: Int
    /// Bars before a block that stay readable, of sums and, where there is no grid, of prices. Of levels it is one.
    private let history: Int
    private let prices: MutableColumn<Double>
    private let levels: MutableColumn<Double>
    private let tickSums: MutableColumn<Int64>
    /// Of the first lane.
    private var begin = 0
    private var count = 0
    /// Bars from one lane to the next.
    private var pitch = 0

    /// - Parameters:
    ///   - stored: the prices of all bars. If they lie on no grid, prices are the only form.
    ///   - arena: with ``cells(_:_:lanes:)`` to spare.
    init(
        _ source: PriceSource, _ stored: Column<Double>, _ wanted: PriceForms, _ plan: borrowing ColumnPlan, lanes: Int,
        in arena: inout ColumnArena
    ) {
        self.source = source
        self.stored = stored
        scale = plan.tickScale
        forms = Self.forms(wanted, plan)
        self.lanes = lanes
        history = plan.history
        let (has, before, count) = (forms, plan.history * lanes, plan.blockCells)
        prices = has.contains(.prices) ? arena.column(before: before, count: count) : .none
        levels =
            scale == nil ? prices : has.contains(.levels) ? arena.column(before: before, count: count) : .none
        tickSums = has.contains(.tickSums) ? arena.column(before: before, count: count) : .none
        if has.contains(.tickSums) { tickSums.fill(0..<lanes, with: 0) }
    }

    /// How many cells of an arena the columns take.
    static func cells(_ wanted: PriceForms, _ plan: ColumnPlan, lanes: Int) -> Int {
        forms(wanted, plan).rawValue.nonzeroBitCount
            * ColumnArena.cells(before: plan.history * lanes, count: plan.blockCells)
    }

    private static func forms(_ wanted: PriceForms, _ plan: ColumnPlan) -> PriceForms {
        plan.tickScale == nil ? .prices : wanted
    }

    /// What the lanes show.
    @inline(__always)
    var window: PriceWindow {
        PriceWindow(
            prices: prices.reading, levels: levels.reading, tickSums: tickSums.reading, scale: scale, lanes: lanes,
            begin: begin, count: count)
    }

    /// Puts the lanes on some bars, each by the pitch behind the one before. Sums mean nothing until the widest window has
    /// passed. The first of all bars is taken as the one before it, too.
    mutating func start(pitch: Int) {
        (begin, count, self.pitch) = (0, 0, pitch)
        guard let scale, forms.contains(.levels) else { return }
        for lane in 0..<lanes {
            levels[lane - lanes] = TickScale.nearestWhole(stored[max(0, lane * pitch - 1)] * scale.ticksPerUnit)
        }
    }

    /// Of the bar before a lane, right after ``start(pitch:)``, as conditions see it.
    func priceBefore(_ lane: Int) -> Double {
        let price = stored[max(0, lane * pitch - 1)]
        return scale.map { TickScale.nearestWhole(price * $0.ticksPerUnit) / $0.ticksPerUnit } ?? price
    }

    /// Puts the only lane on a bar with at least ``ColumnPlan/history`` bars before it, all of which are then known. On a
    /// grid only.
    mutating func resume(at bar: Int) {
        (begin, count) = (bar, 0)
        guard let scale else { preconditionFailure("what is left of compensated sums is not known") }
        if forms.contains(.levels) {
            levels[-1] = TickScale.nearestWhole(stored[bar - 1] * scale.ticksPerUnit)
        }
        guard forms.contains(.tickSums) else { return }
        tickSums[-history] = 0
        fillTicks(history, stored.counted(from: bar - history), scale, nil, tickSums.counted(from: -history))
    }

    /// Shows the next bars of each lane, at most a block of them; in eight lanes whole eights.
    mutating func advance(by bars: Int) {
        if count > 0 { keepHistory() }
        begin += count
        count = bars
        let stored = stored.counted(from: begin)
        guard let scale else { return prices.copy(0..<bars, of: stored) }
        guard lanes == 1 else {
            return Vectors.lanes(
                stored, pitch: pitch, bars: bars, scale, prices: forms.contains(.prices) ? prices : nil,
                levels: forms.contains(.levels) ? levels : nil, tickSums: forms.contains(.tickSums) ? tickSums : nil)
        }
        if forms.contains(.prices) { fillPrices(bars, stored, scale) }
        switch (forms.contains(.levels), forms.contains(.tickSums)) {
        case (true, true): fillTicks(bars, stored, scale, levels, tickSums)
        case (true, false): fillTicks(bars, stored, scale, levels, nil)
        case (false, true): fillTicks(bars, stored, scale, nil, tickSums)
        case (false, false): break
        }
    }

    private func keepHistory() {
        let kept = -history * lanes..<0
        if scale == nil { return prices.copy(kept, of: prices.reading.counted(from: count)) }
        if forms.contains(.levels) {
            levels.copy(-lanes..<0, of: levels.reading.counted(from: count * lanes))
        }
        guard forms.contains(.tickSums) else { return }
        // The first sum of the next block, too.
        tickSums.copy(kept.lowerBound..<lanes, of: tickSums.reading.counted(from: count * lanes))
    }

    private func fillPrices(_ count: Int, _ stored: Column<Double>, _ scale: TickScale) {
        prices.copy(0..<count, of: stored)
        guard !scale.isExact else { return }
        for i in 0..<count { prices[i] = TickScale.nearestWhole(prices[i] * scale.ticksPerUnit) / scale.ticksPerUnit }
    }

    /// 1.5 * 2^52: a number of this size has no fraction left, and its lowest bits count its units.
    private static let magic = 0x1.8p52

    /// Of the only lane, from the first cell on; the first sum is there.
    @inline(__always)
    private func fillTicks(
        _ count: Int, _ stored: Column<Double>, _ scale: TickScale, _ levels: MutableColumn<Double>?,
        _ tickSums: MutableColumn<Int64>?
    ) {
        let ticksPerUnit = scale.ticksPerUnit
        let zero = Int64(bitPattern: Self.magic.bitPattern)
        var i = 0
        while i + 8 <= count {
            let shifted = stored.eight(at: i) * ticksPerUnit + Self.magic
            if let levels { levels.store(shifted - Self.magic, at: i) }
            if let tickSums {
                let ticks = SIMD8<Int64>(truncatingIfNeeded: unsafeBitCast(shifted, to: SIMD8<UInt64>.self)) &- zero
                tickSums.store(ticks, at: i + 1)
            }
            i += 8
        }
        while i < count {
            let shifted = stored[i] * ticksPerUnit + Self.magic
            if let levels { levels[i] = shifted - Self.magic }
            if let tickSums { tickSums[i + 1] = Int64(bitPattern: shifted.bitPattern) &- zero }
            i += 1
        }
        guard let tickSums else { return }
        var sum = tickSums[0]
        for i in 1...count {
            sum &+= tickSums[i]
            tickSums[i] = sum
        }
    }
}
