import Market
import Strategy

/// One source of prices over one block of bars and a little before it, in the forms indicators compute from. It moves
/// over the bars block by block; the memory is the table's.
struct PriceWindow {
    /// Bars handled at a time: a few columns of them stay in the nearest cache. A multiple of 64.
    static let blockBars = 1024
    /// Cells before a block that stay readable: the longest window of an indicator, and one for the sum before it.
    static let history = TickScale.longestWindow + 8

    let source: PriceSource
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
    init(_ source: PriceSource, scale: TickScale?, memory: UnsafeMutablePointer<Double>, capacity: Int) {
        self.source = source
        self.scale = scale
        let column = Self.history + capacity + 8
        prices = memory + Self.history
        levels = scale == nil ? prices : prices + column
        tickSums = UnsafeMutableRawPointer(prices + 2 * column).assumingMemoryBound(to: Int64.self)
    }

    /// Shows the next bars: at most a block, and a whole one unless they are the last.
    mutating func advance(over stored: UnsafePointer<Double>, to begin: Int, count: Int) {
        if begin > 0 {
            // All blocks but the last are whole, so the end of this one is the history of the next.
            for column in scale == nil ? [prices] : [prices, levels] {
                (column - Self.history).update(from: column + self.count - Self.history, count: Self.history)
            }
            (tickSums - Self.history).update(from: tickSums + self.count - Self.history, count: Self.history + 1)
        }
        self.begin = begin
        self.count = count
        prices.update(from: stored + begin, count: count)
        guard let scale else { return }
        let magic = 0x1.8p52
        let ticksPerUnit = scale.ticksPerUnit
        var i = 0
        while i < count {
            // The lowest bits of a number near 2^52 count its units.
            let shifted = prices.eight(at: i) * ticksPerUnit + magic
            levels.store(shifted - magic, at: i)
            let ticks =
                SIMD8<Int64>(truncatingIfNeeded: unsafeBitCast(shifted, to: SIMD8<UInt64>.self))
                &- Int64(bitPattern: magic.bitPattern)
            UnsafeMutableRawPointer(tickSums + i + 1).storeBytes(of: ticks, as: SIMD8<Int64>.self)
            if !scale.isExact { prices.store(levels.eight(at: i) / ticksPerUnit, at: i) }
            i += 8
        }
        var sum = tickSums[0]
        for i in 1...count {
            sum &+= tickSums[i]
            tickSums[i] = sum
        }
    }

    /// The price of an earlier bar.
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
