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
    /// How many bars are looked at between two calls of `checkpoint`.
    private static let block = 4096

    /// Ticks in one unit of the currency, a power of ten.
    public var ticksPerUnit: Double { TickSearch.powers[exponent] }

    /// The whole number of ticks nearest to a price of the series.
    public func ticks(of price: Double) -> Int64 { Int64(Self.nearestWhole(price * ticksPerUnit)) }

    /// Nearest whole number, ties to even, for magnitudes below 2^51: at 1.5 * 2^52 a double has no fraction left.
    @inlinable @inline(__always)
    public static func nearestWhole(_ value: Double) -> Double { (value + 0x1.8p52) - 0x1.8p52 }

    /// The double nearest to a whole number of ticks.
    public func price(ofTicks ticks: Int64) -> Double { Double(ticks) / ticksPerUnit }

    /// Looks at every price twice, or once and a little more where prices carry noise. `checkpoint` is called every few
    /// thousand bars and may throw to give up.
    public static func find<Failure: Error>(
        in series: CandleSeries, checkpoint: () throws(Failure) -> Void
    ) throws(Failure) -> TickScale? {
        var search = TickSearch()
        for start in stride(from: 0, to: series.count, by: block) {
            try checkpoint()
            guard search.add(series, start..<min(start + block, series.count)) else { return nil }
        }
        guard let exponent = search.exponent(ofBars: series.count) else { return nil }
        for start in stride(from: 0, to: series.count, by: block) {
            try checkpoint()
            let range = start..<min(start + block, series.count)
            for column in [series.open, series.high, series.low, series.close]
            where !isExact(column[range], exponent) {
                return TickScale(exponent: exponent, isExact: false)
            }
        }
        return TickScale(exponent: exponent, isExact: true)
    }

    public static func find(in series: CandleSeries) -> TickScale? {
        find(in: series, checkpoint: {})
    }

    private static func isExact(_ prices: ArraySlice<Double>, _ exponent: Int) -> Bool {
        let scale = TickSearch.powers[exponent]
        for price in prices where Self.nearestWhole(price * scale) / scale != price { return false }
        return true
    }
}
