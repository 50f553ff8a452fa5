import Market
import Strategy

/// One indicator, computed block by block in order, in one lane or in four side by side; the state between blocks is
/// all a lane remembers.
struct IndicatorStream {
    let indicator: Indicator
    /// The source's window of the first lane among all windows; those of the other lanes follow.
    let window: Int
    private let period: Int
    /// The values of a block, not-a-number where there is none yet, ``pitch(capacity:of:)`` cells for each lane; memory
    /// of the table.
    private let values: UnsafeMutablePointer<Double>
    private let pitch: Int
    /// Of each lane: the average of gains and that of losses (RSI), the average (EMA).
    private var states = SIMD8<Double>()
    /// Of an SMA over prices without a grid: the sum of the period's prices but the oldest.
    private var sum = DoubleDouble()

    init(_ indicator: Indicator, window: Int, memory: UnsafeMutablePointer<Double>, capacity: Int) {
        self.indicator = indicator
        self.window = window
        period = indicator.period
        values = memory
        pitch = Self.pitch(capacity: capacity, of: indicator.type)
    }

    /// Cells a lane needs: eights are written whole, and averages of gains and losses are kept in pairs at first.
    static func pitch(capacity: Int, of type: IndicatorType) -> Int { type == .rsi ? 2 * capacity + 16 : capacity + 8 }

    func cells(_ lane: Int) -> UnsafeMutablePointer<Double> { values + lane * pitch }

    /// The first bar of all that has a value.
    static func firstBar(of indicator: Indicator) -> Int {
        indicator.type == .rsi ? indicator.period : indicator.period - 1
    }

    /// The prices an indicator looks at, in the form it needs.
    static func columns(of indicator: Indicator) -> PriceWindow.Columns {
        switch indicator.type {
        case .sma: .tickSums
        case .ema: [.prices, .tickSums]
        case .rsi: .levels
        }
    }

    /// How many bars of run-up make an average that starts anywhere agree to the last bit with one that has run from
    /// the first bar, but for the rarest cases: the forgotten is halved 53 times, and the roundings meet. 0 for what
    /// starts anew on every bar.
    static func memory(of indicator: Indicator) -> Int {
        switch indicator.type {
        case .sma: 0
        case .ema: 32 * indicator.period
        case .rsi: 64 * indicator.period
        }
    }

    /// Both averages of a lane: equal ones go on equally.
    func state(_ lane: Int) -> SIMD2<Double> { SIMD2(states[2 * lane], states[2 * lane + 1]) }

    private mutating func set(_ state: SIMD2<Double>, _ lane: Int) {
        states[2 * lane] = state[0]
        states[2 * lane + 1] = state[1]
    }

    /// Begins in the middle of the bars: without gains and losses, with the price of the bar before as average.
    mutating func start(_ lane: Int, at price: Double) {
        set(indicator.type == .ema ? SIMD2(price, 0) : SIMD2(), lane)
    }

    /// Fills the cells of one lane for the bars its window shows.
    mutating func fill(_ lane: Int, from window: PriceWindow) {
        let begin = fillFirst(lane, window)
        switch indicator.type {
        case .sma: window.hasTicks ? exactAverage(lane, window, begin) : compensatedAverage(lane, window, begin)
        case .ema: exponentialAverage(lane, window, begin..<window.count)
        case .rsi:
            gainsAndLosses(lane, window, begin..<window.count)
            strengths(lane, begin..<window.count)
        }
    }

    /// Fills the cells of four lanes, the windows of which show equally many bars: each lane waits for its own bar
    /// before, and while it waits the others go on.
    mutating func fill(_ lanes: SIMD4<Int>, from windows: [PriceWindow]) {
        let a = windows[window + lanes[0]]
        let b = windows[window + lanes[1]]
        let c = windows[window + lanes[2]]
        let d = windows[window + lanes[3]]
        // Only the first can show the first bars of all; the others wait for it.
        let begin = fillFirst(lanes[0], a)
        switch indicator.type {
        case .sma:
            exactAverage(lanes[0], a, begin)
            exactAverage(lanes[1], b, 0)
            exactAverage(lanes[2], c, 0)
            exactAverage(lanes[3], d, 0)
        case .ema:
            exponentialAverage(lanes[1], b, 0..<begin)
            exponentialAverage(lanes[2], c, 0..<begin)
            exponentialAverage(lanes[3], d, 0..<begin)
            exponentialAverages(lanes, a, b, c, d, begin)
        case .rsi:
            gainsAndLosses(lanes[1], b, 0..<begin)
            gainsAndLosses(lanes[2], c, 0..<begin)
            gainsAndLosses(lanes[3], d, 0..<begin)
            gainsAndLosses(lanes, a, b, c, d, begin)
            strengths(lanes[0], begin..<a.count)
            strengths(lanes[1], 0..<a.count)
            strengths(lanes[2], 0..<a.count)
            strengths(lanes[3], 0..<a.count)
        }
    }

    /// The bars without a value and the first value of all, if they are in the window; periods are shorter than a
    /// block. The bar from which on every value follows from the one before.
    private mutating func fillFirst(_ lane: Int, _ window: PriceWindow) -> Int {
        guard window.begin == 0 else { return 0 }
        let cells = cells(lane)
        let first = Self.firstBar(of: indicator)
        for i in 0..<min(first, window.count) { cells[i] = .nan }
        guard first < window.count, indicator.type != .sma else { return min(first, window.count) }
        if indicator.type == .ema {
            set(SIMD2(window.firstMean(of: period), 0), lane)
            cells[first] = state(lane)[0]
        } else {
            set(Self.firstAverages(window.levels, period), lane)
            cells[first] = Self.strength(state(lane))
        }
        return first + 1
    }
}

// MARK: SMA

extension IndicatorStream {
    /// The mean of the last n prices: exact integers and one division, so that equal averages are equal.
    private func exactAverage(_ lane: Int, _ window: PriceWindow, _ begin: Int) {
        let cells = cells(lane)
        let divisor = Eight(repeating: window.divisor(of: period))
        let newest = window.tickSums + 1
        let oldest = window.tickSums - (period - 1)
        // Up to seven cells more than there are bars: the columns have room.
        for i in stride(from: begin, to: window.count, by: 8) {
            cells.store(Eight(whole: newest.eight(at: i) &- oldest.eight(at: i)) / divisor, at: i)
        }
    }

    private mutating func compensatedAverage(_ lane: Int, _ window: PriceWindow, _ begin: Int) {
        let cells = cells(lane)
        let prices = window.prices
        if window.begin == 0 { for k in 0..<min(period - 1, window.count) { sum.add(prices[k]) } }
        for i in begin..<window.count {
            sum.add(prices[i])
            cells[i] = sum.divided(by: period)
            sum.add(-window.price(before: i, by: period - 1))
        }
    }
}

// MARK: EMA

extension IndicatorStream {
    /// The first value is the mean of the first n prices; written as a step towards the price, flat prices stay flat.
    private mutating func exponentialAverage(_ lane: Int, _ window: PriceWindow, _ range: Range<Int>) {
        let cells = cells(lane)
        let weight = 2 / Double(period + 1)
        var value = state(lane)[0]
        for i in range {
            value = value + weight * (window.prices[i] - value)
            cells[i] = value
        }
        set(SIMD2(value, 0), lane)
    }

    private mutating func exponentialAverages(
        _ lanes: SIMD4<Int>, _ a: PriceWindow, _ b: PriceWindow, _ c: PriceWindow, _ d: PriceWindow, _ begin: Int
    ) {
        let weight = 2 / Double(period + 1)
        let (p, q, r, s) = (a.prices, b.prices, c.prices, d.prices)
        let (cellsA, cellsB) = (cells(lanes[0]), cells(lanes[1]))
        let (cellsC, cellsD) = (cells(lanes[2]), cells(lanes[3]))
        var (v, w) = (state(lanes[0])[0], state(lanes[1])[0])
        var (x, y) = (state(lanes[2])[0], state(lanes[3])[0])
        for i in begin..<a.count {
            v = v + weight * (p[i] - v)
            w = w + weight * (q[i] - w)
            x = x + weight * (r[i] - x)
            y = y + weight * (s[i] - y)
            cellsA[i] = v
            cellsB[i] = w
            cellsC[i] = x
            cellsD[i] = y
        }
        set(SIMD2(v, 0), lanes[0])
        set(SIMD2(w, 0), lanes[1])
        set(SIMD2(x, 0), lanes[2])
        set(SIMD2(y, 0), lanes[3])
    }
}

// MARK: RSI

extension IndicatorStream {
    /// Wilder's: averages of gains and losses, in ticks where there are ticks, first the plain means of n changes.
    private static func firstAverages(_ levels: UnsafeMutablePointer<Double>, _ period: Int) -> SIMD2<Double> {
        var gains = DoubleDouble()
        var losses = DoubleDouble()
        for i in 1...period {
            let change = levels[i] - levels[i - 1]
            if change > 0 { gains.add(change) } else { losses.add(-change) }
        }
        return SIMD2(gains.divided(by: period), losses.divided(by: period))
    }

    /// One bar further. Without a branch: which way a price goes next is what no processor can guess.
    @inline(__always)
    private static func next(
        _ averages: SIMD2<Double>, _ levels: UnsafeMutablePointer<Double>, _ i: Int, _ kept: SIMD2<Double>,
        _ divisor: SIMD2<Double>
    ) -> SIMD2<Double> {
        let change = levels[i] - levels[i - 1]
        let moves = SIMD2(change, -change)
        return (averages * kept + SIMD2<Double>().replacing(with: moves, where: moves .> 0)) / divisor
    }

    private func pairs(_ lane: Int) -> UnsafeMutableRawPointer { UnsafeMutableRawPointer(cells(lane)) }

    /// Leaves pairs of averages in the cells.
    private mutating func gainsAndLosses(_ lane: Int, _ window: PriceWindow, _ range: Range<Int>) {
        let kept = SIMD2(repeating: Double(period - 1))
        let divisor = SIMD2(repeating: Double(period))
        let pairs = pairs(lane)
        var averages = state(lane)
        for i in range {
            averages = Self.next(averages, window.levels, i, kept, divisor)
            pairs.storeBytes(of: averages, toByteOffset: 16 * i, as: SIMD2<Double>.self)
        }
        set(averages, lane)
    }

    private mutating func gainsAndLosses(
        _ lanes: SIMD4<Int>, _ a: PriceWindow, _ b: PriceWindow, _ c: PriceWindow, _ d: PriceWindow, _ begin: Int
    ) {
        let kept = SIMD2(repeating: Double(period - 1))
        let divisor = SIMD2(repeating: Double(period))
        let (p, q, r, s) = (a.levels, b.levels, c.levels, d.levels)
        let (pairsA, pairsB, pairsC, pairsD) = (pairs(lanes[0]), pairs(lanes[1]), pairs(lanes[2]), pairs(lanes[3]))
        var (v, w) = (state(lanes[0]), state(lanes[1]))
        var (x, y) = (state(lanes[2]), state(lanes[3]))
        for i in begin..<a.count {
            v = Self.next(v, p, i, kept, divisor)
            w = Self.next(w, q, i, kept, divisor)
            x = Self.next(x, r, i, kept, divisor)
            y = Self.next(y, s, i, kept, divisor)
            pairsA.storeBytes(of: v, toByteOffset: 16 * i, as: SIMD2<Double>.self)
            pairsB.storeBytes(of: w, toByteOffset: 16 * i, as: SIMD2<Double>.self)
            pairsC.storeBytes(of: x, toByteOffset: 16 * i, as: SIMD2<Double>.self)
            pairsD.storeBytes(of: y, toByteOffset: 16 * i, as: SIMD2<Double>.self)
        }
        set(v, lanes[0])
        set(w, lanes[1])
        set(x, lanes[2])
        set(y, lanes[3])
    }

    /// Makes values of the pairs, in their place: a value is never written further back than the next pair to read.
    private func strengths(_ lane: Int, _ range: Range<Int>) {
        let cells = cells(lane)
        let pairs = pairs(lane)
        var i = range.lowerBound
        while i % 8 != 0, i < range.upperBound {
            cells[i] = Self.strength(pairs.loadUnaligned(fromByteOffset: 16 * i, as: SIMD2<Double>.self))
            i += 1
        }
        while i < range.upperBound {
            let all = pairs.loadUnaligned(fromByteOffset: 16 * i, as: SIMD16<Double>.self)
            let (gains, losses) = (all.evenHalf, all.oddHalf)
            // Without losses the quotient is infinite, which leaves 100.
            let values = 100 - 100 / (1 + gains / losses)
            cells.store(Eight(repeating: 50).replacing(with: values, where: (gains + losses) .> 0), at: i)
            i += 8
        }
    }

    private static func strength(_ averages: SIMD2<Double>) -> Double {
        let gain = averages[0]
        let loss = averages[1]
        if loss == 0 { return gain == 0 ? 50 : 100 }
        return 100 - 100 / (1 + gain / loss)
    }
}
