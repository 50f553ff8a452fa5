import Market
import Strategy

/// One source of prices over one block of bars and a little before it, in the forms indicators compute from. It moves
/// over the bars block by block; the memory is the table's.
struct PriceWindow {
    /// Which of the columns anyone looks at; the others are not filled.
    struct Columns: OptionSet {
        let rawValue: Int
        static let prices = Columns(rawValue: 1)
        static let levels = Columns(rawValue: 2)
        static let tickSums = Columns(rawValue: 4)
    }

    /// Bars handled at a time: a few columns of them stay in the nearest cache. A multiple of 64.
    static let blockBars = 512
    /// Cells before a block that stay readable: the longest window of an indicator, and one for the sum before it.
    static let history = TickScale.longestWindow + 8

    let source: PriceSource
    private let columns: Columns
    /// The block's first bar, and how many bars there are in it.
    private(set) var begin = 0
    private(set) var count = 0
    /// What conditions compare and averages of prices see: the prices, or the decimals noisy ones stand for.
    let prices: UnsafeMutablePointer<Double>
    /// What changes are taken between: ticks on a grid, else prices.
    let levels: UnsafeMutablePointer<Double>
    /// Sums of the ticks of all bars before each; one more than bars. Sums of a window are differences of these: they
    /// stay below 2^53, so it would not even matter if these wrapped around.
    let tickSums: UnsafeMutablePointer<Int64>
    private let scale: TickScale?

    var hasTicks: Bool { scale != nil }

    /// Cells of eight bytes that a window needs.
    static func cells(capacity: Int) -> Int { 3 * (history + capacity + 8) }

    /// - Parameter memory: ``cells(capacity:)`` cells, zero.
    init(
        _ source: PriceSource, _ columns: Columns, scale: TickScale?, memory: UnsafeMutablePointer<Double>,
        capacity: Int
    ) {
        self.source = source
        self.columns = columns
        self.scale = scale
        let column = Self.history + capacity + 8
        prices = memory + Self.history
        levels = scale == nil ? prices : prices + column
        tickSums = UnsafeMutableRawPointer(prices + 2 * column).assumingMemoryBound(to: Int64.self)
    }

    /// Begins in the middle of the bars. Of those before only the last is known, so sums mean nothing until the longest
    /// window has passed.
    mutating func start(over stored: UnsafePointer<Double>, at begin: Int) {
        self.begin = begin
        count = 0
        levels[-1] = scale.map { Self.nearestWhole(stored[begin - 1] * $0.ticksPerUnit) } ?? stored[begin - 1]
    }

    /// Of the bar before the block, right after ``start(over:at:)``.
    var priceBefore: Double { scale == nil ? levels[-1] : levels[-1] / scale!.ticksPerUnit }

    /// Shows the next bars, at most a block of them.
    mutating func advance(over stored: UnsafePointer<Double>, by bars: Int) {
        if count > 0 { keepHistory() }
        begin += count
        count = bars
        let stored = stored + begin
        guard let scale else { return prices.update(from: stored, count: bars) }
        if columns.contains(.prices) { fillPrices(from: stored, scale) }
        switch (columns.contains(.levels), columns.contains(.tickSums)) {
        case (true, true): fillTicks(from: stored, scale, levels: true, sums: true)
        case (true, false): fillTicks(from: stored, scale, levels: true, sums: false)
        case (false, true): fillTicks(from: stored, scale, levels: false, sums: true)
        case (false, false): break
        }
    }

    private func keepHistory() {
        func keep(_ column: UnsafeMutablePointer<Double>, _ cells: Int) {
            (column - cells).update(from: column + count - cells, count: cells)
        }
        if scale == nil { return keep(prices, Self.history) }
        levels[-1] = levels[count - 1]
        guard columns.contains(.tickSums) else { return }
        (tickSums - Self.history).update(from: tickSums + count - Self.history, count: Self.history + 1)
    }

    private func fillPrices(from stored: UnsafePointer<Double>, _ scale: TickScale) {
        prices.update(from: stored, count: count)
        guard !scale.isExact else { return }
        for i in 0..<count { prices[i] = Self.nearestWhole(prices[i] * scale.ticksPerUnit) / scale.ticksPerUnit }
    }

    /// 1.5 * 2^52: a number of this size has no fraction left, and its lowest bits count its units.
    private static let magic = 0x1.8p52

    @inline(__always)
    private static func nearestWhole(_ value: Double) -> Double { (value + magic) - magic }

    @inline(__always)
    private func fillTicks(from stored: UnsafePointer<Double>, _ scale: TickScale, levels: Bool, sums: Bool) {
        let ticksPerUnit = scale.ticksPerUnit
        let zero = Int64(bitPattern: Self.magic.bitPattern)
        var i = 0
        while i + 8 <= count {
            let shifted = stored.eight(at: i) * ticksPerUnit + Self.magic
            if levels { self.levels.store(shifted - Self.magic, at: i) }
            if sums {
                let ticks = SIMD8<Int64>(truncatingIfNeeded: unsafeBitCast(shifted, to: SIMD8<UInt64>.self)) &- zero
                UnsafeMutableRawPointer(tickSums + i + 1).storeBytes(of: ticks, as: SIMD8<Int64>.self)
            }
            i += 8
        }
        while i < count {
            let shifted = stored[i] * ticksPerUnit + Self.magic
            if levels { self.levels[i] = shifted - Self.magic }
            if sums { tickSums[i + 1] = Int64(bitPattern: shifted.bitPattern) &- zero }
            i += 1
        }
        guard sums else { return }
        var sum = tickSums[0]
        for i in 1...count {
            sum &+= tickSums[i]
            tickSums[i] = sum
        }
    }

    /// The price of an earlier bar; only for prices without a grid.
    @inline(__always)
    func price(before i: Int, by bars: Int) -> Double { prices[i - bars] }

    /// What the mean of a window's ticks is divided by. Both factors are whole and the product is below 2^53.
    func divisor(of period: Int) -> Double { Double(period) * (scale?.ticksPerUnit ?? 1) }

    /// The exact mean of the first prices of all, rounded once; for the first block.
    func firstMean(of period: Int) -> Double {
        if hasTicks { return Double(tickSums[period]) / divisor(of: period) }
        var sum = DoubleDouble()
        for k in 0..<period { sum.add(prices[k]) }
        return sum.divided(by: period)
    }
}
