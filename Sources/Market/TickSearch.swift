/// The search for the exponent of a ``TickScale``, stretch by stretch: a series need not be in memory whole, and one that
/// grows need not be looked at again.
public struct TickSearch: Sendable {
    /// Smallest at which every price so far is whole; nil: there is none.
    private(set) var smallest: Int?
    private var highest: Double

    /// Begins a series.
    public init() { (smallest, highest) = (0, 0) }

    /// Goes on where a series is known that far.
    ///
    /// - Parameters:
    ///   - exponent: of the bars so far; nil: there is none, and more bars do not change that.
    ///   - highest: their highest price; 0 when ``TickScale/longestWindow`` bars or more are known to have sums that are
    ///     exact at this exponent.
    public init(exponent: Int?, highest: Double = 0) { (smallest, self.highest) = (exponent, highest) }

    /// Adds these bars of a series, in whatever order.
    ///
    /// - Returns: false when there is no exponent any more.
    @discardableResult
    public mutating func add(_ series: CandleSeries, _ range: Range<Int>? = nil) -> Bool {
        let range = range ?? 0..<series.count
        for column in [series.open, series.high, series.low, series.close] {
            guard let minimum = smallest else { return false }
            smallest = Self.smallestExponent(minimum: minimum, for: column[range])
            var maximum = highest
            for price in column[range] where price > maximum { maximum = price }
            highest = maximum
        }
        return smallest != nil
    }

    /// Adds bars that are whole at the exponent so far.
    mutating func note(highest price: Double) { highest = max(highest, price) }

    /// How many ticks a price is, if it is within a billionth of a whole number of them.
    static func ticks(_ price: Double, _ ticksPerUnit: Double) -> Double? {
        let scaled = price * ticksPerUnit
        guard scaled < maximumTicks else { return nil }
        let ticks = TickScale.nearestWhole(scaled)
        return (scaled - ticks).magnitude <= 1e-9 * scaled ? ticks : nil
    }

    /// The exponent when the series has so many bars in all; nil: it has none.
    public func exponent(ofBars count: Int) -> Int? {
        guard let smallest else { return nil }
        let ticks = highest * Self.powers[smallest]
        let window = Double(min(TickScale.longestWindow, max(1, count)))
        guard ticks < Self.maximumTicks, TickScale.nearestWhole(ticks) * window < 0x1p53 else { return nil }
        return smallest
    }

    static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12]
    /// ``TickScale/nearestWhole(_:)`` takes no more.
    private static let maximumTicks = 0x1p51

    /// A price that is whole at some exponent is whole at every larger one, so the exponent only ever grows.
    private static func smallestExponent(minimum: Int, for prices: ArraySlice<Double>) -> Int? {
        var exponent = minimum
        var scale = powers[exponent]
        for price in prices {
            while true {
                guard price * scale < maximumTicks else { return nil }
                if ticks(price, scale) != nil { break }
                guard exponent < powers.count - 1 else { return nil }
                exponent += 1
                scale = powers[exponent]
            }
        }
        return exponent
    }
}
