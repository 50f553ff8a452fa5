internal import CVectors
import Market
import Strategy

/// One indicator, computed block by block in order, in one lane or in eight side by side; the state between blocks is
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
    /// Of each lane: the average (EMA), or that of gains (RSI).
    private var averages = Eight()
    /// Of each lane: the average of losses (RSI).
    private var losses = Eight()
    /// Of an SMA over prices without a grid: the sum of the period's prices but the oldest.
    private var sum = DoubleDouble()

    init(_ indicator: Indicator, window: Int, memory: UnsafeMutablePointer<Double>, capacity: Int) {
        self.indicator = indicator
        self.window = window
        period = indicator.period
        values = memory
        pitch = Self.pitch(capacity: capacity)
    }

    /// Cells a lane needs: eights are written whole.
    static func pitch(capacity: Int) -> Int { capacity + 8 }

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
    func state(_ lane: Int) -> SIMD2<Double> { SIMD2(averages[lane], losses[lane]) }

    private mutating func set(_ state: SIMD2<Double>, _ lane: Int) {
        averages[lane] = state[0]
        losses[lane] = state[1]
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
        case .rsi: relativeStrength(lane, window, begin..<window.count)
        }
    }

    /// Fills the cells of all lanes but those before `first`, 0 or 1; the windows of all show equally many bars. Each
    /// lane waits for its own bar before, and while it waits the others go on.
    mutating func fill(from first: Int, _ windows: [PriceWindow]) {
        let own = windows[window...].prefix(IndicatorTable.laneCapacity)
        let last = IndicatorTable.laneCapacity - 1
        // In the place of a lane that waits the last one is computed twice.
        let lanes = (0...last).map { $0 < first ? last : $0 }
        let count = own[window + last].count
        // Only the first can show the first bars of all; the others wait for it.
        let begin = first == 0 ? fillFirst(0, own[window]) : 0
        guard indicator.type != .sma else {
            for lane in first...last { exactAverage(lane, own[window + lane], lane == 0 ? begin : 0) }
            return
        }
        if begin > 0 {
            for lane in 1...last {
                let window = own[window + lane]
                if indicator.type == .ema {
                    exponentialAverage(lane, window, 0..<begin)
                } else {
                    relativeStrength(lane, window, 0..<begin)
                }
            }
        }
        let waiting = state(0)
        for slot in 0..<first { set(state(last), slot) }
        let outputs = lanes.map { Optional(cells($0)) }
        let isAverage = indicator.type == .ema
        let sources = lanes.map { lane in
            Optional(UnsafePointer(isAverage ? own[window + lane].prices : own[window + lane].levels))
        }
        withUnsafeMutableBytes(of: &averages) { averages in
            let averages = averages.assumingMemoryBound(to: Double.self).baseAddress!
            if isAverage {
                vectors_averages(
                    Processor.vectorLevel, sources, outputs, Int64(begin), Int64(count), 2 / Double(period + 1),
                    averages)
            } else {
                withUnsafeMutableBytes(of: &losses) { losses in
                    vectors_strengths(
                        Processor.vectorLevel, sources, outputs, Int64(begin), Int64(count), Double(period), averages,
                        losses.assumingMemoryBound(to: Double.self).baseAddress!)
                }
            }
        }
        if first > 0 { set(waiting, 0) }
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
        guard begin < window.count else { return }
        // Up to seven cells more than there are bars: the columns have room.
        let newest = window.tickSums + 1 + begin
        vectors_means(
            Processor.vectorLevel, newest, newest - period, Int64(window.count - begin), window.divisor(of: period),
            cells(lane) + begin)
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

    private mutating func relativeStrength(_ lane: Int, _ window: PriceWindow, _ range: Range<Int>) {
        let kept = SIMD2(repeating: Double(period - 1))
        let divisor = SIMD2(repeating: Double(period))
        let levels = window.levels
        let cells = cells(lane)
        var averages = state(lane)
        for i in range {
            // Without a branch: which way a price goes next is what no processor can guess.
            let change = levels[i] - levels[i - 1]
            let moves = SIMD2(change, -change)
            averages = (averages * kept + SIMD2<Double>().replacing(with: moves, where: moves .> 0)) / divisor
            cells[i] = Self.strength(averages)
        }
        set(averages, lane)
    }

    @inline(__always)
    private static func strength(_ averages: SIMD2<Double>) -> Double {
        let gain = averages[0]
        let loss = averages[1]
        if loss == 0 { return gain == 0 ? 50 : 100 }
        return 100 - 100 / (1 + gain / loss)
    }
}
