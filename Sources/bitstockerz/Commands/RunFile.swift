import App
import ArgumentParser
import Backtest
import Crypto
import JSON
import Market
import Strategy

/// A `report.json`: the run's settings, bars and hashes.
struct RunFile {
    let name: String
    private let document: Object

    struct Check {
        let name: String
        let written: String
        /// nil where there is nothing to say.
        let computed: String?
    }

    /// What comes out of the file's bars. Of the strategy and the options of another engine this one may take none, or
    /// find no result.
    private struct Computed {
        var content: String?
        var report: Report?
    }

    /// - Throws: exit 66 for a file that cannot be read, 65 for one that is no report.
    init(contentsOf path: String) throws {
        let bytes = try Console.contents(of: path)
        do {
            guard
                let object = try parse(bytes, limits: ParseLimits(maxBytes: 1 << 30, maxDepth: 32)).objectValue
            else { throw Console.fail("\(path): must be a JSON object", ExitStatus.badData) }
            document = object
        } catch let error as ParseError {
            throw Console.fail("\(path):\(error.line):\(error.column): \(error.message)", ExitStatus.badData)
        }
        name = path
        guard document["format"]?.stringValue == RunReport.format else {
            throw failure("format", "must be \"\(RunReport.format)\"")
        }
    }

    /// What the file says and what comes out of its bars, by name.
    func checks() throws -> [Check] {
        let bars = try bars()
        let engine = try text("engine_version")
        let prepared: PreparedBars
        do { prepared = try PreparedBars(bars.series) } catch {
            throw failure("bars[\(error.index)]", error.reason.description)
        }
        let periods = try whole("periods_per_year", of: document)
        if let error = Engine.error(inPeriodsPerYear: periods) { throw failure(error.field, error.message) }
        let barsHash = hex(Digest.sha256(Encodings.bars(bars.series)))
        var computed = Computed()
        do throws(Refusal) {
            try compute(&computed, on: prepared, from: bars.first, periodsPerYear: periods, barsHash: barsHash)
        } catch {
            guard engine != engineVersion else { throw failure(error.place, error.message) }
        }
        let results = document["results"]?.objectValue
        let figures = RunVerification.shownFigures.map { metric in
            Check(
                name: metric.rawValue,
                written: results?[metric.rawValue]?.numberValue?.double.map { Number($0).text } ?? "-",
                computed: computed.report.map { $0.metrics[metric].value.map { Number($0).text } ?? "-" })
        }
        return [
            Check(name: "engine_version", written: engine, computed: engineVersion),
            Check(name: "bars_hash", written: try text("bars_hash"), computed: barsHash),
            Check(name: "content_hash", written: try text("content_hash"), computed: computed.content),
            Check(
                name: "result_hash", written: try text("result_hash"),
                computed: computed.report.map { hex(Digest.sha256(Encodings.result($0))) }),
        ] + figures
    }

    /// What is wrong with the file's strategy or options, or what they make of its bars.
    private struct Refusal: Error {
        let place: String
        let message: String
    }

    private func compute(
        _ computed: inout Computed, on bars: PreparedBars, from first: Int, periodsPerYear: Int, barsHash: String
    ) throws(Refusal) {
        let definition = try definition(), options = try options()
        computed.content = hex(
            Digest.sha256(
                Encodings.content(
                    definition, options: options, periodsPerYear: periodsPerYear, first: first, barsHash: barsHash)))
        do {
            computed.report = try Engine.run(
                definition, on: bars, from: first, options: options, periodsPerYear: periodsPerYear, limits: .ofCommand)
        } catch {
            throw Refusal(place: "definition", message: error.message)
        }
    }

    private func bars() throws -> (series: CandleSeries, first: Int) {
        guard let bars = document["bars"]?.objectValue else { throw failure("bars", "is missing") }
        guard bars["state"]?.stringValue == "match" else {
            throw failure("bars.state", "the file does not hold the bars of the run, which were corrected or not known")
        }
        let times = try (bars["time"]?.arrayValue ?? []).enumerated().map { index, value -> Int64 in
            if let text = value.stringValue {
                if let day = CalendarDay(text) { return day.start.microseconds }
                if let instant = Instant(text) { return instant.microseconds }
            }
            throw failure("bars.time[\(index)]", "is no time")
        }
        func column(_ name: String) throws -> [Double] {
            let values = try (bars[name]?.arrayValue ?? []).enumerated().map { index, value -> Double in
                guard let number = value.numberValue?.double else {
                    throw failure("bars.\(name)[\(index)]", "is no number")
                }
                return number
            }
            guard values.count == times.count else {
                throw failure("bars.\(name)", "has \(counted(values.count, "value")), bars.time has \(times.count)")
            }
            return values
        }
        let first = try whole("first_tradable", of: bars)
        guard first >= 0, first < times.count else { throw failure("bars.first_tradable", "lies outside the bars") }
        let series = CandleSeries(
            times: times, open: try column("open"), high: try column("high"), low: try column("low"),
            close: try column("close"), volume: try column("volume"))
        return (series, first)
    }

    private func definition() throws(Refusal) -> StrategyDefinition {
        let (definition, errors) = StrategyDefinition.read(stored: document["definition"] ?? .null)
        guard let definition else {
            let error = errors.first
            throw Refusal(place: "definition.\(error?.path ?? "")", message: error?.message ?? "is not valid")
        }
        return definition
    }

    private func options() throws(Refusal) -> SimulationOptions {
        guard let equity = document["initial_equity"]?.stringValue.flatMap(Double.init) else {
            throw Refusal(place: "initial_equity", message: "is missing or no amount")
        }
        do { return try SimulationOptions(simulation: document["simulation"], initialEquity: equity) } catch {
            throw Refusal(place: "simulation.\(error.errors[0].field)", message: error.errors[0].message)
        }
    }

    private func text(_ name: String) throws -> String {
        guard let text = document[name]?.stringValue else { throw failure(name, "is missing or no text") }
        return text
    }

    private func whole(_ name: String, of object: Object) throws -> Int {
        guard let number = object[name]?.numberValue?.int else { throw failure(name, "is missing or no whole number") }
        return number
    }

    private func failure(_ place: String, _ message: String) -> ExitCode {
        Console.fail("\(name): \(place): \(message)", ExitStatus.badData)
    }
}
