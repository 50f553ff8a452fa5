import Strategy

/// How one kind of indicator goes over the bars, in one lane or in eight side by side: its arithmetic. All that a lane
/// remembers between two blocks are a few numbers, kept eight lanes side by side: the cell of number n of lane l is 8 times n
/// plus l. From equal numbers two lanes go on equally.
protocol Recurrence {
    /// How many numbers a lane remembers, eight at most.
    static var remembered: Int { get }

    /// The forms of its source's prices that it reads.
    static var forms: PriceForms { get }

    /// The first bar of all that has a value.
    static func firstBar(period: Int) -> Int

    /// How many bars of run-up make an average that starts anywhere agree to the last bit with one that has run from
    /// the first bar, but for the rarest cases: what came before has been halved 92 times by then, and the roundings
    /// meet. 0 for what starts anew on every bar.
    static func memoryBars(period: Int) -> Int

    /// How many prices or sums before a block it looks at.
    static func windowBars(period: Int) -> Int

    /// How far a computed value may be from the exact one, in units of 2^-53 of the value: every rounding on the way, and
    /// what is left of it later. An even number, at most 9,000, which is 1e-12. 0: the value is the double nearest to the
    /// exact one, so that equal ones are equal.
    static func roundings(period: Int, isOnGrid: Bool) -> Int

    /// Puts a lane into the middle of the bars, as if the price had stood still until then.
    static func start(_ lane: Int, at price: Double, period: Int, _ memory: MutableColumn<Double>)

    /// The value on ``firstBar(period:)``, from a window of one lane on the first bars of all; nil where the first value is
    /// like every other.
    ///
    /// - Parameter memory: of zeros.
    static func firstValue(_ window: PriceWindow, period: Int, _ memory: MutableColumn<Double>) -> Double?

    /// Writes the values of bars that a window of one lane shows and that follow those it has seen.
    static func fill(
        _ bars: Range<Int>, from window: PriceWindow, period: Int, _ memory: MutableColumn<Double>,
        into values: MutableColumn<Double>)

    /// The same of all bars that a window of eight lanes shows. Each lane waits for its own bar before, and while it waits
    /// the others go on.
    static func fillLanes(
        from window: PriceWindow, period: Int, _ memory: MutableColumn<Double>, into values: MutableColumn<Double>)
}

extension IndicatorType {
    /// What computes it: one type a kind.
    var recurrence: any Recurrence.Type {
        switch self {
        case .sma: SimpleAverage.self
        case .ema: ExponentialAverage.self
        case .rsi: RelativeStrength.self
        }
    }
}
