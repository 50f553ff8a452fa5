/// One point a bar, written from the first to the last, some at a time: the cash, and the value of what is held at the
/// close.
struct EquityCurve {
    private let points: MutableColumn<Double>
    /// The first bar without a point.
    private var written: Int

    /// - Parameter points: with seven cells to spare; index 0 is the first loaded bar.
    init(_ points: MutableColumn<Double>, from first: Int) {
        self.points = points
        written = first
    }

    /// Nothing is held up to the bar before `end`. Writes eights: what is too much is written over by what comes next.
    @inline(__always)
    mutating func stay(at cash: Double, until end: Int) {
        let eight = Eight(repeating: cash)
        for bar in stride(from: written, to: end, by: 8) { points.store(eight, at: bar) }
        written = max(written, end)
    }

    /// A position is held up to the bar before `end`.
    @inline(__always)
    mutating func follow(_ position: Position, _ bars: BarColumns, until end: Int) {
        var bar = written
        while bar < end, bar + 8 <= bars.count {
            points.store(position.cash + position.quantity * bars.close.eight(at: bar), at: bar)
            bar += 8
        }
        while bar < end {
            points[bar] = position.cash + position.quantity * bars.close[bar]
            bar += 1
        }
        written = max(written, end)
    }
}
