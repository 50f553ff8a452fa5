/// One point a bar, written from the first to the last, some at a time: the cash, and the value of what is held at the
/// close.
struct CurveWriter {
    private let points: MutableColumn<Double>
    private let close: Column<Double>
    private let end: Int
    /// The first bar without a point.
    private var written: Int

    /// - Parameter points: index 0 is the first loaded bar.
    init(_ points: MutableColumn<Double>, _ bars: BarColumns, from first: Int) {
        self.points = points
        close = bars.close
        end = bars.count
        written = first
    }

    /// Nothing is held up to the bar before `end`.
    @inline(__always)
    mutating func stay(at cash: Double, until end: Int) { follow(cash: cash, quantity: 0, until: end) }

    /// So much is held up to the bar before `end`. What is written behind it is written over by what comes next.
    @inline(__always)
    mutating func follow(cash: Double, quantity: Double, until end: Int) {
        guard end > written else { return }
        Vectors.hold(close, written..<end, limit: self.end, rest: cash, quantity: quantity, into: points)
        written = end
    }
}
