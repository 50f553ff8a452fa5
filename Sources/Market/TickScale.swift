/// The grid on which the prices of a series lie: every price is a whole number of ticks of 10^-exponent.
///
/// Prices are decimals, so sums over them can be exact integers; that is what makes two equal averages compare equal.
/// The scale is a property of the bars looked at: the smallest exponent up to 12 at which every open, high, low and
/// close is within 1e-9 (relative) of a whole number, provided that no window of ``longestWindow`` bars can sum up to
/// 2^53. A series without such an exponent has no scale.
public struct TickScale: Equatable, Sendable {
    /// Decimal places of a tick, 0...12.
    public let exponent: Int
    /// Every price is the double nearest to its tick value, so price and ticks say exactly the same.
    public let isExact: Bool

    /// The widest window any indicator sums over.
    public static let longestWindow = 200
    /// How many bars are looked at at a time: they stay in the nearest cache.
    private static let block = 512

    /// Ticks in one unit of the currency, a power of ten.
    public var ticksPerUnit: Double { TickSearch.powers[exponent] }

    /// Nearest whole number, ties to even, for magnitudes below 2^51: at 1.5 * 2^52 a double has no fraction left.
    @inlinable @inline(__always)
    public static func nearestWhole(_ value: Double) -> Double { (value + 0x1.8p52) - 0x1.8p52 }

    /// What is seen of the prices of some bars at a scale.
    package struct Look {
        /// Every price is within a billionth of a whole number.
        let isWhole: Bool
        /// Every price is the double nearest to that number of ticks.
        let isExact: Bool
        let highest: Double

        package init(isWhole: Bool, isExact: Bool, highest: Double) {
            (self.isWhole, self.isExact, self.highest) = (isWhole, isExact, highest)
        }
    }

    public static func find(in series: CandleSeries) -> TickScale? {
        find(in: series) { look(at: series, $0, ticksPerUnit: $1) }
    }

    /// Looks at every price once, and once more where it carries noise or has more places than those before it.
    ///
    /// - Parameter look: of some bars, at so many ticks a unit.
    package static func find(
        in series: CandleSeries, look: (Range<Int>, _ ticksPerUnit: Double) -> Look
    ) -> TickScale? {
        var search = TickSearch()
        /// At which noise was seen.
        var noisy: Int?
        let blocks = stride(from: 0, to: series.count, by: block).map { $0..<min($0 + block, series.count) }
        // One bar tells of most series how many places there are.
        if series.count > 0 { search.add(series, 0..<1) }
        for bars in blocks {
            guard let exponent = search.smallest else { return nil }
            var seen = look(bars, TickSearch.powers[exponent])
            if !seen.isWhole {
                guard search.add(series, bars), let exponent = search.smallest else { return nil }
                seen = look(bars, TickSearch.powers[exponent])
            }
            search.note(highest: seen.highest)
            if !seen.isExact { noisy = search.smallest }
        }
        guard let exponent = search.exponent(ofBars: series.count) else { return nil }
        guard let noisy else { return TickScale(exponent: exponent, isExact: true) }
        // What was noise may be the places that later prices have, too. What was none stays so.
        let isExact = noisy < exponent && blocks.allSatisfy { look($0, TickSearch.powers[exponent]).isExact }
        return TickScale(exponent: exponent, isExact: isExact)
    }

    private static func look(at series: CandleSeries, _ bars: Range<Int>, ticksPerUnit: Double) -> Look {
        var isWhole = true, isExact = true, highest = 0.0
        for column in [series.open, series.high, series.low, series.close] {
            for price in column[bars] {
                let ticks = TickSearch.ticks(price, ticksPerUnit)
                isWhole = isWhole && ticks != nil
                isExact = isExact && ticks.map { $0 / ticksPerUnit == price } ?? false
                highest = max(highest, price)
            }
        }
        return Look(isWhole: isWhole, isExact: isExact, highest: highest)
    }
}
