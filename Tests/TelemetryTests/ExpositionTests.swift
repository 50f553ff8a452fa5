import TestSupport
import Testing

@testable import Telemetry

@Suite struct ExpositionTests {
    /// One of every kind, with words that have to be escaped.
    private struct Sample {
        let table: MetricTable
        let plain: Counter
        let worded: Counter
        let timed: Counter
        let level: Gauge
        let seconds: Histogram
        let found: Collected
        let build: Collected

        init() {
            var table = MetricTable(prefix: "test_")
            plain = table.counter("plain", "Counted.")
            worded = table.counter(
                "worded", "With \"words\", a \\ and\na new line.",
                Label(["method", "route"], [["GET", "/a"], ["POST", "/\"b\\\n"]]),
                Label("status", ["2xx", "4xx"]))
            timed = table.counter("worked_seconds", "Time.", nanoseconds: true)
            level = table.gauge("level", "Up and down.", Label("side", ["left", "right"]))
            seconds = table.histogram(
                "took_seconds", "How long.", Label("type", ["short", "long"]), bounds: [0.001, 0.5, 1])
            found = table.collected("age_seconds", "Looked up.", Label("type", ["a", "b"]))
            build = table.collected("build", "The release.", Label("version", ["1.2"]), kind: .info)
            self.table = table
        }

        func told(_ form: Exposition, _ readings: [Reading?] = []) throws -> String {
            let sums = (0..<table.cells).map { table.memory.value(of: $0) }
            return String(decoding: table.exposition(sums, readings.compactMap(\.self), as: form), as: UTF8.self)
        }
    }

    @Test func `every kind is told in the older text form`() throws {
        let sample = Sample()
        sample.plain.add(3)
        sample.worded.add(2, at: 1)
        sample.timed.add(1_500_000_000)
        sample.level.set(-4, at: 1)
        sample.seconds.observe(nanoseconds: 1_000_000, at: 0)
        sample.seconds.observe(nanoseconds: 2_000_000_000, "long")
        let told = try sample.told(.text, [sample.found(2.5, "b"), sample.build(1, "1.2")])
        #expect(
            told == """
                # HELP test_plain_total Counted.
                # TYPE test_plain_total counter
                test_plain_total 3
                # HELP test_worded_total With "words", a \\\\ and\\na new line.
                # TYPE test_worded_total counter
                test_worded_total{method="GET",route="/a",status="2xx"} 0
                test_worded_total{method="GET",route="/a",status="4xx"} 2
                test_worded_total{method="POST",route="/\\"b\\\\\\n",status="2xx"} 0
                test_worded_total{method="POST",route="/\\"b\\\\\\n",status="4xx"} 0
                # HELP test_worked_seconds_total Time.
                # TYPE test_worked_seconds_total counter
                test_worked_seconds_total 1.5
                # HELP test_level Up and down.
                # TYPE test_level gauge
                test_level{side="left"} 0
                test_level{side="right"} -4
                # HELP test_took_seconds How long.
                # TYPE test_took_seconds histogram
                test_took_seconds_bucket{type="short",le="0.001"} 1
                test_took_seconds_bucket{type="short",le="0.5"} 1
                test_took_seconds_bucket{type="short",le="1.0"} 1
                test_took_seconds_bucket{type="short",le="+Inf"} 1
                test_took_seconds_sum{type="short"} 0.001
                test_took_seconds_count{type="short"} 1
                test_took_seconds_bucket{type="long",le="0.001"} 0
                test_took_seconds_bucket{type="long",le="0.5"} 0
                test_took_seconds_bucket{type="long",le="1.0"} 0
                test_took_seconds_bucket{type="long",le="+Inf"} 1
                test_took_seconds_sum{type="long"} 2.0
                test_took_seconds_count{type="long"} 1
                # HELP test_age_seconds Looked up.
                # TYPE test_age_seconds gauge
                test_age_seconds{type="b"} 2.5
                # HELP test_build_info The release.
                # TYPE test_build_info gauge
                test_build_info{version="1.2"} 1

                """)
        _ = try ExpositionDocument(told, isOpenMetrics: false)
    }

    @Test func `OpenMetrics describes families, has units and an end`() throws {
        let sample = Sample()
        let told = try sample.told(.openMetrics, [sample.build(1, "1.2")])
        let document = try ExpositionDocument(told, isOpenMetrics: true)
        #expect(told.hasSuffix("test_build_info{version=\"1.2\"} 1\n# EOF\n"))
        #expect(told.contains("# HELP test_worded With \\\"words\\\", a \\\\ and\\na new line.\n"))
        #expect(
            document.families.map(\.name) == [
                "test_plain", "test_worded", "test_worked_seconds", "test_level", "test_took_seconds", "test_build",
            ])
        #expect(document.families.map(\.unit) == [nil, nil, "seconds", nil, "seconds", nil])
        #expect(document.families.last?.kind == "info")
    }

    @Test func `of many series only those are told that have counted`() throws {
        var table = MetricTable(prefix: "test_")
        let wide = table.counter("wide", "Wide.", Label("n", (0...MetricTable.fewSeries).map(String.init)))
        wide.add(at: 7)
        let sums = (0..<table.cells).map { table.memory.value(of: $0) }
        let told = String(decoding: table.exposition(sums, [], as: .text), as: UTF8.self)
        #expect(told.split(separator: "\n").dropFirst(2) == ["test_wide_total{n=\"7\"} 1"])
    }

    @Test func `words that are not listed count as other, or nowhere`() {
        var table = MetricTable(prefix: "test_")
        let open = table.counter("open", "Open.", Label("reason", ["a", "b"], isOpen: true))
        let closed = table.counter("closed", "Closed.", Label("reason", ["a", "b"]))
        open.add(1, "from outside")
        closed.add(1, "from outside")
        #expect((1..<table.cells).map { table.memory.value(of: $0) } == [0, 0, 1, 0, 0])
        #expect(Label("reason", ["other", "a"], isOpen: true).values == [["a"], ["other"]])
    }

    @Test(arguments: [
        ("", Exposition.text), ("*/*", .text), ("text/plain", .text), ("text/html", .text),
        ("application/openmetrics-text", .openMetrics),
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            .openMetrics
        ),
        ("text/plain;version=0.0.4;q=0.5, application/openmetrics-text;q=0.4", .text),
        ("Application/OpenMetrics-Text; Q=0.5", .openMetrics), ("application/openmetrics-text;q=0", .text),
        ("application/openmetrics-text;q=x", .text), (";;,,;q", .text),
    ])
    func `the form is the one that is preferred`(_ accept: String, _ form: Exposition) {
        #expect(Exposition(accept: accept) == form)
    }

    @Test(arguments: [
        "a 1", "# HELP a b\n# TYPE a counter\nb 1\n", "# TYPE a counter\na 1\n",
        "# HELP a b\n# TYPE a counter\na one\n",
        "# HELP a b\n# TYPE a counter\na{x=\"1\"} 1\na{x=\"1\"} 2\n", "# HELP a b\n# TYPE a counter\na{x=\"\\q\"} 1\n",
        "# HELP a b\n# TYPE a counter\na -1\n",
        "# HELP a b\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
    ])
    func `the tests' own reader refuses what is no document`(_ text: String) {
        #expect(throws: ExpositionDocument.Fault.self) { try ExpositionDocument(text, isOpenMetrics: false) }
    }
}
