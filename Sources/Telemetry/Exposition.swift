/// The two text forms in which Prometheus and its kin read metrics.
public enum Exposition: Sendable, CaseIterable {
    /// Prometheus text format 0.0.4.
    case text
    /// OpenMetrics 1.0.0.
    case openMetrics

    public var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// What an `Accept` field prefers: OpenMetrics only for those who name it.
    public init(accept: String) {
        var openMetrics = 0.0, text = 0.0
        for part in accept.split(separator: ",") {
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let type = pieces.first else { continue }
            let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            switch type {
            case "application/openmetrics-text": openMetrics = max(openMetrics, quality)
            case "text/plain": text = max(text, quality)
            default: break
            }
        }
        self = openMetrics > 0 && openMetrics >= text ? .openMetrics : .text
    }
}

extension MetricTable {
    /// A metric with more series than this tells only those that have counted something.
    public static let fewSeries = 128

    /// The document of all metrics.
    ///
    /// - Parameters:
    ///   - sums: one number a cell.
    ///   - readings: of the ``Collected`` metrics; those without any are left out.
    func exposition(_ sums: [UInt64], _ readings: [Reading], as form: Exposition) -> [UInt8] {
        var text = Lines(form)
        for (index, metric) in metrics.enumerated() {
            switch metric.source {
            case .collected:
                let readings = readings.filter { $0.metric == index }
                if readings.isEmpty { continue }
                text.describe(metric)
                for reading in readings {
                    text.sample(metric.name, metric, series: reading.series, Lines.number(reading.value))
                }
            case .cells(let first):
                let size = metric.cellsPerSeries
                text.describe(metric)
                for series in 0..<metric.series {
                    let cells = sums[(first + series * size)..<(first + (series + 1) * size)]
                    if metric.series > Self.fewSeries, cells.allSatisfy({ $0 == 0 }) { continue }
                    text.samples(metric, series: series, Array(cells))
                }
            }
        }
        return text.finished
    }
}

/// The document while it is written.
private struct Lines {
    private let form: Exposition
    private var bytes: [UInt8] = []

    init(_ form: Exposition) {
        self.form = form
        bytes.reserveCapacity(65_536)
    }

    var finished: [UInt8] { form == .openMetrics ? bytes + Array("# EOF\n".utf8) : bytes }

    mutating func describe(_ metric: Metric) {
        // OpenMetrics describes the family; the older form has no families, and knows no info.
        let name = form == .openMetrics ? metric.family : metric.name
        let kind = form == .text && metric.kind == .info ? "gauge" : metric.kind.rawValue
        line("# HELP \(name) \(Self.escaped(metric.help, quotes: form == .openMetrics))")
        line("# TYPE \(name) \(kind)")
        if form == .openMetrics, let unit = metric.unit { line("# UNIT \(name) \(unit)") }
    }

    mutating func samples(_ metric: Metric, series: Int, _ cells: [UInt64]) {
        switch metric.kind {
        case .counter: sample(metric.name, metric, series: series, Self.number(cells[0], metric.scale))
        case .gauge, .info:
            sample(metric.name, metric, series: series, String(Int64(bitPattern: cells[0])))
        case .histogram:
            var count: UInt64 = 0
            for (bucket, cell) in cells.dropLast().enumerated() {
                count &+= cell
                let bound = bucket < metric.bounds.count ? metric.bounds[bucket].description : "+Inf"
                sample(metric.family + "_bucket", metric, series: series, String(count), ("le", bound))
            }
            sample(metric.family + "_sum", metric, series: series, Self.number(cells.last!, metric.scale))
            sample(metric.family + "_count", metric, series: series, String(count))
        }
    }

    mutating func sample(
        _ name: String, _ metric: Metric, series: Int, _ value: String, _ last: (String, String)? = nil
    ) {
        let pairs = Array(zip(metric.labelNames, metric.words(ofSeries: series))) + (last.map { [$0] } ?? [])
        let labels = pairs.map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }.joined(separator: ",")
        line(name + (labels.isEmpty ? "" : "{\(labels)}") + " " + value)
    }

    private mutating func line(_ text: String) {
        bytes += text.utf8
        bytes.append(10)
    }

    /// Whole steps stay whole; others are told in the unit of the name.
    private static func number(_ cell: UInt64, _ scale: Double) -> String {
        scale == 1 ? String(cell) : (Double(cell) * scale).description
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? value.description
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
