/// One row of a ``MetricTable``: what a metric is called, what it tells, and where its numbers come from.
public struct Metric: Sendable {
    public enum Kind: String, Sendable {
        case counter, gauge, histogram
        /// Always 1; what it tells is in its labels.
        case info
    }

    enum Source: Sendable {
        /// The first of its cells in the memory of a process.
        case cells(Int)
        /// Found out by whoever tells the metrics.
        case collected
    }

    /// The name without what the kind adds to it.
    public let family: String
    public let kind: Kind
    public let help: String
    public let labels: [Label]
    /// Upper bounds of a histogram's buckets in the unit of the name, ascending; the last bucket has none.
    public let bounds: [Double]
    /// What one step of a cell is in the unit of the name.
    let scale: Double
    let source: Source
    var isCounted: Bool { if case .cells = source { true } else { false } }

    /// The name as it is written into a query; of a histogram its samples add a suffix.
    public var name: String {
        switch kind {
        case .counter: family + "_total"
        case .info: family + "_info"
        case .gauge, .histogram: family
        }
    }

    /// Every name under which samples of it appear.
    public var sampleNames: [String] {
        kind == .histogram ? ["_bucket", "_sum", "_count"].map { family + $0 } : [name]
    }

    public var labelNames: [String] { labels.flatMap(\.names) }

    /// How many series there may be, the buckets of a histogram counted as one.
    public var series: Int { labels.reduce(1) { $0 * $1.values.count } }

    /// `seconds` or `bytes` where the name ends with it.
    var unit: String? { ["seconds", "bytes"].first { family.hasSuffix("_" + $0) } }

    /// Of one series: a histogram has one a bucket and one for the sum.
    var cellsPerSeries: Int { kind == .histogram ? bounds.count + 2 : 1 }

    /// The words of a series' labels, in the order of ``labelNames``. The last label runs fastest.
    func words(ofSeries index: Int) -> [String] {
        var rest = index
        var words: [String] = []
        for label in labels.reversed() {
            words = label.values[rest % label.values.count] + words
            rest /= label.values.count
        }
        return words
    }
}

/// A number that only grows.
public struct Counter: Sendable {
    let memory: SlotMemory
    let first: Int
    let labels: [Label]

    @inline(__always)
    public func add(_ amount: Int = 1) { memory.add(UInt64(truncatingIfNeeded: amount), to: first) }

    /// - Parameter value: the place of the label's value; of two labels the place of the first times the number of values
    ///   of the second, plus the place of the second.
    @inline(__always)
    public func add(_ amount: Int = 1, at value: Int) {
        memory.add(UInt64(truncatingIfNeeded: amount), to: first + value)
    }

    /// By the values themselves, for what happens seldom. A value that is neither listed nor counted as ``Label/other``
    /// counts nowhere.
    public func add(_ amount: Int = 1, _ words: String...) {
        var series = 0
        for (label, word) in zip(labels, words) {
            guard let index = label.index(of: word) else { return }
            series = series * label.values.count + index
        }
        add(amount, at: series)
    }
}

/// How something stands in a living process; that of the host is the sum over its processes.
public struct Gauge: Sendable {
    let memory: SlotMemory
    let first: Int

    @inline(__always)
    public func set(_ value: Int, at index: Int = 0) {
        memory.set(UInt64(bitPattern: Int64(value)), to: first + index)
    }
}

/// How long something took: how often, how long altogether, and how often below each of its bounds.
public struct Histogram: Sendable {
    let memory: SlotMemory
    let first: Int
    let label: Label?
    /// Nanoseconds.
    let bounds: [UInt64]

    public func observe(nanoseconds: Int64, at series: Int = 0) {
        let value = UInt64(clamping: nanoseconds)
        let cell = first + series * (bounds.count + 2)
        var bucket = 0
        while bucket < bounds.count, value > bounds[bucket] { bucket += 1 }
        memory.add(1, to: cell + bucket)
        memory.add(value, to: cell + bounds.count + 1)
    }

    /// By the label's value, for what happens seldom.
    public func observe(nanoseconds: Int64, _ word: String) {
        guard let index = label?.index(of: word) else { return }
        observe(nanoseconds: nanoseconds, at: index)
    }
}

/// What is found out anew whenever the metrics are told.
public struct Collected: Sendable {
    let metric: Int
    let labels: [Label]

    /// Nil for labels that are not listed.
    public func callAsFunction(_ value: Double, _ words: String...) -> Reading? {
        var series = 0
        for (label, word) in zip(labels, words) {
            guard let index = label.index(of: word) else { return nil }
            series = series * label.values.count + index
        }
        return Reading(metric: metric, series: series, value: value)
    }

    /// Of a metric with one label, whose values have several words.
    public func callAsFunction(_ value: Double, together words: [String]) -> Reading? {
        labels.first?.index(of: words).map { Reading(metric: metric, series: $0, value: value) }
    }
}

/// A value of a ``Collected`` metric.
public struct Reading: Sendable {
    let metric: Int
    let series: Int
    let value: Double
}
