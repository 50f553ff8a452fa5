/// All metrics of a program, in the order in which they are told, and the memory they are counted in.
///
/// Declaring a metric gives what counts it:
///
/// ```swift
/// var table = MetricTable(prefix: "bitstockerz_")
/// let starts = table.counter("process_starts", "Processes started.", Label("program", ["responder", "worker"]))
/// starts.add(at: 1)
/// ```
public struct MetricTable: Sendable {
    public private(set) var metrics: [Metric] = []
    /// Where the program that holds this table counts.
    let memory = SlotMemory()
    private let prefix: String
    /// The first cell tells whose the memory is.
    private(set) var cells = 1
    /// The cells whose number dies with its process.
    private(set) var gauges: [Int] = []

    public init(prefix: String) { self.prefix = prefix }

    /// - Parameters:
    ///   - name: without the prefix, and without `_total`.
    ///   - nanoseconds: it is added to in nanoseconds, and told in seconds.
    public mutating func counter(
        _ name: String, _ help: String, _ labels: Label..., nanoseconds: Bool = false
    ) -> Counter {
        let first = add(.counter, name, help, labels, scale: nanoseconds ? 1e-9 : 1)
        return Counter(memory: memory, first: first, labels: labels)
    }

    public mutating func gauge(_ name: String, _ help: String, _ labels: Label...) -> Gauge {
        let first = add(.gauge, name, help, labels)
        gauges += first..<cells
        return Gauge(memory: memory, first: first)
    }

    /// - Parameter bounds: of the buckets, in seconds, ascending.
    public mutating func histogram(
        _ name: String, _ help: String, _ label: Label? = nil, bounds: [Double]
    ) -> Histogram {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds of \(name)")
        let first = add(.histogram, name, help, label.map { [$0] } ?? [], bounds: bounds, scale: 1e-9)
        return Histogram(
            memory: memory, first: first, label: label, bounds: bounds.map { UInt64(($0 * 1e9).rounded()) })
    }

    public mutating func collected(
        _ name: String, _ help: String, _ labels: Label..., kind: Metric.Kind = .gauge
    ) -> Collected {
        precondition(kind != .histogram, "\(name) has to be counted")
        append(
            Metric(
                family: prefix + name, kind: kind, help: help, labels: labels, bounds: [], scale: 1, source: .collected)
        )
        return Collected(metric: metrics.count - 1, labels: labels)
    }

    private mutating func add(
        _ kind: Metric.Kind, _ name: String, _ help: String, _ labels: [Label], bounds: [Double] = [],
        scale: Double = 1
    ) -> Int {
        let first = cells
        let metric = Metric(
            family: prefix + name, kind: kind, help: help, labels: labels, bounds: bounds, scale: scale,
            source: .cells(first))
        cells += metric.series * metric.cellsPerSeries
        precondition(cells <= SlotMemory.capacity, "the table of metrics has grown out of its memory")
        append(metric)
        return first
    }

    private mutating func append(_ metric: Metric) {
        precondition(!metrics.contains { $0.family == metric.family }, "\(metric.family) occurs twice")
        metrics.append(metric)
    }

    /// Stands for the layout of the cells: a release that counts other things counts in another file. What is not counted
    /// but collected has none.
    var fingerprint: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
        for metric in metrics where metric.isCounted {
            for byte in "\(metric.name)|\(metric.labels.map(\.values))|\(metric.bounds);".utf8 {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            }
        }
        return String(hash, radix: 16)
    }
}
