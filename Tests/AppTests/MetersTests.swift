import Foundation
import JSON
import Telemetry
import Testing

@testable import App

/// The table of metrics is the one source: what operators are given uses only names and labels that are in it.
@Suite struct MetersTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private let metrics = Meters.current.table.metrics

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(Self.root)/\(path)", encoding: .utf8)
    }

    @Test func `every metric has our prefix, a base unit, and one sentence of help`() {
        for metric in metrics {
            #expect(metric.family.wholeMatch(of: /bitstockerz_[a-z]+(_[a-z]+)*/) != nil, "\(metric.family)")
            for unit in ["milliseconds", "ms", "minutes", "kilobytes", "mb", "percent", "total"] {
                #expect(!metric.family.hasSuffix("_" + unit), "\(metric.family)")
            }
            #expect(metric.help.hasSuffix(".") && !metric.help.contains("\n"), "\(metric.family): \(metric.help)")
        }
    }

    @Test func `no label tells of a user, a symbol or an id, and all values are known`() {
        let words = Set(metrics.flatMap(\.labelNames).flatMap { $0.split(separator: "_").map(String.init) })
        #expect(words.isDisjoint(with: ["user", "id", "symbol", "ticker", "email", "address", "ip", "key", "session"]))
        // A host's scrape stays small whatever people do.
        let samples = metrics.reduce(0) { $0 + $1.series * ($1.kind == .histogram ? $1.bounds.count + 3 : 1) }
        #expect(samples < 5_000, "\(samples)")
    }

    @Test func `places of programs and routes are those of their labels`() throws {
        for program in Program.allCases {
            #expect(Program.allCases[program.place] == program)
        }
        let routes = try #require(metrics.first { $0.name == "bitstockerz_http_requests_total" }?.labels.first)
        #expect(routes.values.count == Meters.unmatched + 1)
        for (place, route) in Routes.all.enumerated() {
            #expect(routes.values[place] == [route.method.rawValue, route.path])
        }
    }

    @Test func `the README lists every metric as the table has it`() throws {
        let readme = try text("README.md")
        #expect(readme.contains(Meters.list), "replace the table in README.md by: bitstockerz metrics --list")
    }

    @Test func `both sites of nginx count every status into the file that is looked at`() throws {
        let bases = [
            ("bitstockerz", try Configuration([:]).nginxRefusals), ("development", "log/refused"),
        ]
        for (site, base) in bases {
            let site = try text("nginx/\(site).conf")
            let counted = Set(site.matches(of: /if=\$bitstockerz_refused_([0-9]+);/).map { $0.output.1 })
            #expect(counted.count == NginxRefusals.statuses.count)
            for status in NginxRefusals.statuses {
                #expect(
                    site.contains(
                        "access_log \(base)-\(status).log bitstockerz_count if=$bitstockerz_refused_\(status);"))
            }
        }
    }

    @Test func `what nginx refused is told by the sizes of its files, and nothing of those that are missing`() throws {
        let base = NSTemporaryDirectory() + "refused-\(UUID().uuidString)"
        let files = [("429", 3), ("502", 0)]
        for (status, size) in files {
            try Data(repeating: 10, count: size).write(to: URL(fileURLWithPath: "\(base)-\(status).log"))
        }
        defer { for (status, _) in files { unlink("\(base)-\(status).log") } }
        for (form, family) in [(Exposition.text, "refusals_total"), (.openMetrics, "refusals")] {
            let told = try Meters.current.table.told(from: base, NginxRefusals.readings(base), as: form)
            let lines = String(decoding: told, as: UTF8.self).split(separator: "\n").filter { $0.contains("nginx_") }
            #expect(lines.contains("# TYPE bitstockerz_nginx_\(family) counter"))
            #expect(
                lines.filter { !$0.hasPrefix("#") } == [
                    #"bitstockerz_nginx_refusals_total{status="429"} 3"#,
                    #"bitstockerz_nginx_refusals_total{status="502"} 0"#,
                ])
        }
    }

    @Test func `alert rules use only names and labels that exist`() throws {
        let rules = try text("systemd/bitstockerz.rules.yml")
        let faults = faults(in: rules)
        #expect(faults.isEmpty, "\(faults)")
        #expect(rules.matches(of: /- alert: (\w+)/).count >= 10)
    }

    @Test func `a counter whose growth fires an alert is told from its first process on`() throws {
        let rules = try text("systemd/bitstockerz.rules.yml")
        let watched = rules.matches(of: /increase\((\w+)/).map { String($0.1) }
        #expect(watched.count >= 3)
        for metric in metrics where watched.contains(metric.name) {
            #expect(metric.series <= MetricTable.fewSeries, "\(metric.name): its zeros are not told")
        }
    }

    @Test func `every alert is played through`() throws {
        let rules = try text("systemd/bitstockerz.rules.yml"), played = try text("Tests/Prometheus/rules_test.yml")
        for alert in rules.matches(of: /- alert: (\w+)/).map(\.1) {
            let runs = played.components(separatedBy: "alertname: \(alert)\n")
            #expect(runs.dropFirst().contains { !$0.trimmingPrefix(/\s*/).hasPrefix("exp_alerts: []") }, "\(alert)")
        }
    }

    @Test func `the dashboard uses only names and labels that exist`() throws {
        let dashboard = try #require(try parse(Array(text("systemd/bitstockerz.dashboard.json").utf8)).objectValue)
        let panels = dashboard["panels"]?.arrayValue?.compactMap(\.objectValue) ?? []
        let expressions = panels.flatMap { $0["targets"]?.arrayValue ?? [] }.compactMap {
            $0.objectValue?["expr"]?.stringValue
        }
        #expect(expressions.count >= panels.count && panels.count > 20)
        for expression in expressions {
            let faults = faults(in: expression)
            #expect(faults.isEmpty, "\(expression): \(faults)")
        }
        // And nothing that is counted is shown nowhere.
        let shown = expressions.joined(separator: "\n")
        for metric in metrics {
            #expect(metric.sampleNames.contains { shown.contains($0) }, "\(metric.name) is in no panel")
        }
    }

    @Test(arguments: [
        ("rate(bitstockerz_http_requests[5m])", 1), ("bitstockerz_http_requests_total{state=\"5xx\"}", 1),
        ("sum by (user) (bitstockerz_processes)", 1), ("sum by (program) (bitstockerz_processes{instance=\"a\"})", 0),
        ("bitstockerz_processes{program=\"responders\"}", 1),
        ("bitstockerz_processes{program=~\"responder|worker\"}", 0),
    ])
    func `a name, a label or a value that does not exist is found`(_ expression: String, _ count: Int) {
        #expect(faults(in: expression).count == count)
    }

    /// What in a text of PromQL does not exist.
    private func faults(in text: String) -> [String] {
        var known: [String: Metric] = [:]
        for metric in metrics { for name in metric.sampleNames { known[name] = metric } }
        let ours = Set(metrics.flatMap(\.labelNames) + ["le", "instance", "job"])
        var faults: [String] = []
        for match in text.matches(of: /(bitstockerz_[a-z0-9_]+)(\{([^}]*)\})?/) {
            guard let metric = known[String(match.1)] else {
                faults.append(String(match.1))
                continue
            }
            for matcher in (match.3 ?? "").matches(of: /([a-z_]+)(=|!=|=~|!~)"([^"]*)"/) {
                let name = String(matcher.1)
                if ["instance", "job", "le"].contains(name) { continue }
                guard let label = metric.labels.first(where: { $0.names.contains(name) }),
                    let column = label.names.firstIndex(of: name)
                else {
                    faults.append("\(match.1){\(name)}")
                    continue
                }
                let values = Set(label.values.map { $0[column] })
                faults += matcher.3.split(separator: "|").map(String.init).filter { !values.contains($0) }
            }
        }
        for match in text.matches(of: /by \(([a-z_, ]+)\)/) {
            faults += match.1.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !ours.contains($0) }
        }
        return faults
    }
}

@Suite struct MetricsTokenTests {
    private static let digits = String(repeating: "0f", count: 32)

    private static let fields: [(String, Bool)] = [
        ("Bearer \(digits)", true), ("bearer \(digits)", true), (digits, false), ("Bearer \(digits.dropLast())", false),
        ("Bearer \(digits)0", false), ("Bearer ", false), ("", false), ("Basic \(digits)", false),
        ("Bearer  \(digits)", false),
    ]

    @Test(arguments: fields)
    func `only the whole token opens`(_ field: String, _ isShown: Bool) throws {
        let token = try #require(MetricsToken(Self.digits))
        #expect(token.isShown(by: field) == isShown)
        #expect(!token.isShown(by: nil))
        #expect("\(token)" == "***")
    }

    private static let impossible: [String] = [
        "short", "fifteen letters", "with a space in it all", "ümlauts-are-not-in-headers",
        String(repeating: "a", count: 257),
    ]

    @Test(arguments: impossible)
    func `what cannot be a token is refused at the start`(_ text: String) throws {
        let refusal = try #require(throws: Configuration.Refusal.self) { try Configuration(["METRICS_TOKEN": text]) }
        #expect(refusal.problems.count == 1 && refusal.problems[0].hasPrefix("METRICS_TOKEN "))
        #expect(!refusal.problems[0].contains(text))
    }

    @Test func `without a token there is no such address`() throws {
        #expect(MetricsRoute.route.isOffered(try Configuration(["METRICS_TOKEN": Self.digits])))
        #expect(!MetricsRoute.route.isOffered(try Configuration([:])))
        for route in Routes.all where route.path != MetricsRoute.route.path {
            #expect(route.isOffered(try Configuration([:])), "\(route.path)")
        }
    }
}

@Suite struct MetricsExchangeTests {
    @Test(arguments: [
        ("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "200 OK", "version=0.0.4", "told"),
        ("GET /metrics?x=1 HTTP/1.0\r\n\r\n", "200 OK", "version=0.0.4", "told"),
        ("HEAD /metrics HTTP/1.1\r\n\r\n", "200 OK", "Content-Length: 4", ""),
        ("GET /metrics HTTP/1.1\r\naccept: application/openmetrics-text\r\n\r\n", "200 OK", "version=1.0.0", "told"),
        ("GET / HTTP/1.1\r\n\r\n", "404 Not Found", "text/plain", "There is nothing here but /metrics.\n"),
        (
            "POST /metrics HTTP/1.1\r\n\r\n", "405 Method Not Allowed", "Allow: GET, HEAD",
            "This address takes GET, HEAD.\n"
        ),
        ("GET /metrics HTTP/1.1\r\n", "400 Bad Request", "text/plain", "This is no request.\n"),
        ("GET /metrics\r\n\r\n", "400 Bad Request", "text/plain", "This is no request.\n"),
        ("\u{16}\u{3}\u{1}", "400 Bad Request", "text/plain", "This is no request.\n"),
        ("", "400 Bad Request", "text/plain", "This is no request.\n"),
    ])
    func `a scrape gets one whole answer`(_ request: String, _ status: String, _ field: String, _ body: String) {
        let answer = String(
            decoding: MetricsExchange.answer(Array(request.utf8)) { _ in Array("told".utf8) }, as: UTF8.self)
        let parts = answer.components(separatedBy: "\r\n\r\n")
        #expect(parts.count == 2 && parts[1] == body)
        #expect(parts[0].hasPrefix("HTTP/1.1 \(status)\r\n") && parts[0].contains(field), "\(answer)")
    }

    @Test func `what cannot be told is said in one sentence`() {
        struct Fault: Error, CustomStringConvertible { let description = "no such file" }
        let answer = String(
            decoding: MetricsExchange.answer(Array("GET /metrics HTTP/1.1\r\n\r\n".utf8)) { _ in throw Fault() },
            as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 500 ") && answer.hasSuffix("\r\n\r\nno such file\n"))
    }
}
