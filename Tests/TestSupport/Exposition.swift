/// A document of metrics, read as strictly as its format says: what Prometheus lets pass and the format does not is a
/// fault here, too.
public struct ExpositionDocument: Sendable {
    public struct Sample: Sendable, Equatable {
        public let name: String
        /// In the order written.
        public let labels: [[String]]
        public let value: Double

        public func label(_ name: String) -> String? { labels.first { $0[0] == name }?[1] }
    }

    public struct Family: Sendable {
        public let name: String
        public let kind: String
        public let help: String
        public var unit: String?
        public var samples: [Sample] = []
    }

    public struct Fault: Error, CustomStringConvertible { public let description: String }

    public private(set) var families: [Family] = []
    private let isOpenMetrics: Bool

    /// - Throws: ``Fault`` naming the line.
    public init(_ text: String, isOpenMetrics: Bool) throws {
        self.isOpenMetrics = isOpenMetrics
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.popLast() == "" else { throw Fault(description: "the last line has no end") }
        if isOpenMetrics {
            guard lines.popLast() == "# EOF" else { throw Fault(description: "no # EOF at the end") }
        }
        var help: (name: String, text: String)?
        var seen: Set<String> = []
        for (number, line) in lines.enumerated() {
            func fault(_ reason: String) -> Fault { Fault(description: "line \(number + 1): \(reason): \(line)") }
            if line.hasPrefix("# HELP ") {
                let words = line.dropFirst(7).split(separator: " ", maxSplits: 1).map(String.init)
                guard help == nil, words.count == 2, Self.isName(words[0]) else { throw fault("HELP") }
                help = (words[0], words[1])
            } else if line.hasPrefix("# TYPE ") {
                let words = line.dropFirst(7).split(separator: " ").map(String.init)
                let kinds = ["counter", "gauge", "histogram"] + (isOpenMetrics ? ["info"] : [])
                guard words.count == 2, let (name, text) = help, name == words[0], kinds.contains(words[1]),
                    !families.contains(where: { $0.name == name })
                else { throw fault("TYPE without its HELP, or twice") }
                families.append(Family(name: name, kind: words[1], help: text))
                help = nil
            } else if line.hasPrefix("# UNIT "), isOpenMetrics {
                let words = line.dropFirst(7).split(separator: " ").map(String.init)
                guard words.count == 2, families.last?.name == words[0], words[0].hasSuffix("_" + words[1]),
                    families[families.count - 1].samples.isEmpty
                else { throw fault("UNIT") }
                families[families.count - 1].unit = words[1]
            } else {
                guard help == nil, !families.isEmpty else { throw fault("a sample without TYPE") }
                guard let sample = Self.sample(line) else { throw fault("no sample") }
                guard names(of: families[families.count - 1]).contains(sample.name) else {
                    throw fault("a sample of another family")
                }
                guard seen.insert("\(sample.name)\(sample.labels)").inserted else { throw fault("a series twice") }
                families[families.count - 1].samples.append(sample)
            }
        }
        for family in families {
            if family.kind == "histogram" { try Self.check(family) }
            guard family.kind == "gauge" || family.samples.allSatisfy({ $0.value >= 0 }) else {
                throw Fault(description: "\(family.name) counts below zero")
            }
        }
    }

    public func sample(_ name: String, _ labels: [String: String] = [:]) -> Sample? {
        families.lazy.flatMap(\.samples).first { sample in
            sample.name == name && labels.allSatisfy { sample.label($0.key) == $0.value }
        }
    }

    /// The sum over all samples of a name that have these labels.
    public func sum(_ name: String, _ labels: [String: String] = [:]) -> Double {
        families.lazy.flatMap(\.samples).filter { sample in
            sample.name == name && labels.allSatisfy { sample.label($0.key) == $0.value }
        }.reduce(0) { $0 + $1.value }
    }

    private func names(of family: Family) -> [String] {
        switch family.kind {
        case "histogram": ["_bucket", "_sum", "_count"].map { family.name + $0 }
        case "counter": [isOpenMetrics ? family.name + "_total" : family.name]
        case "info": [family.name + "_info"]
        default: [family.name]
        }
    }

    private static func sample(_ line: String) -> Sample? {
        var rest = Substring(line)
        let name = String(rest.prefix { $0 != "{" && $0 != " " })
        guard isName(name) else { return nil }
        rest = rest.dropFirst(name.count)
        var labels: [[String]] = []
        if rest.first == "{" {
            rest = rest.dropFirst()
            while true {
                let label = String(rest.prefix { $0 != "=" })
                guard isName(label), !label.contains(":"), rest.dropFirst(label.count).hasPrefix("=\"") else {
                    return nil
                }
                rest = rest.dropFirst(label.count + 2)
                var value = ""
                while let character = rest.popFirst(), character != "\"" {
                    guard character == "\\" else {
                        value.append(character)
                        continue
                    }
                    switch rest.popFirst() {
                    case "\\": value.append("\\")
                    case "\"": value.append("\"")
                    case "n": value.append("\n")
                    default: return nil
                    }
                }
                guard !labels.contains(where: { $0[0] == label }) else { return nil }
                labels.append([label, value])
                if rest.popFirst() == "," { continue }
                break
            }
        }
        guard rest.popFirst() == " ", let value = number(String(rest)) else { return nil }
        return Sample(name: name, labels: labels, value: value)
    }

    private static func number(_ text: String) -> Double? {
        switch text {
        case "+Inf": return .infinity
        case "-Inf": return -.infinity
        case "NaN": return .nan
        default:
            guard text.unicodeScalars.allSatisfy({ "0123456789+-.e".unicodeScalars.contains($0) }) else { return nil }
            return Double(text)
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first.isASCII, !("0"..."9").contains(first) else { return false }
        return text.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || "0123456789_:".unicodeScalars.contains($0))
        }
    }

    /// Buckets of a series rise to +Inf, never fall, and the last is the count.
    private static func check(_ family: Family) throws {
        func key(_ sample: Sample) -> [[String]] { sample.labels.filter { $0[0] != "le" } }
        for series in Set(family.samples.map(key)) {
            let samples = family.samples.filter { key($0) == series }
            let buckets = samples.filter { $0.name == family.name + "_bucket" }
            let bounds = buckets.compactMap { $0.label("le") }.compactMap(number)
            let counts = samples.filter { $0.name == family.name + "_count" }
            guard bounds.count == buckets.count, bounds.last == .infinity,
                zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }),
                zip(buckets, buckets.dropFirst()).allSatisfy({ $0.value <= $1.value }), counts.count == 1,
                counts[0].value == buckets.last?.value, samples.filter({ $0.name == family.name + "_sum" }).count == 1
            else { throw Fault(description: "\(family.name)\(series) is no histogram") }
        }
    }
}
