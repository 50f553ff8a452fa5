import Foundation
import JSON
import TestSupport
import Testing

/// What a monitoring system gets from a host that works, and from one whose processes are killed.
@Suite(.serialized, .enabled(if: hasBuild, "needs the release build: run make test"))
struct MetricsTests {
    private static let token = String(repeating: "5a", count: 32)
    private static let server = Result {
        try TestServer(responders: 2, environment: ["METRICS_TOKEN": token])
    }
    private let server: TestServer

    init() throws { server = try Self.server.get() }

    private func metrics(accept: String? = nil) throws -> ExpositionDocument {
        let fields = [("Authorization", "Bearer \(Self.token)")] + (accept.map { [("Accept", $0)] } ?? [])
        let answer = try server.client.send("GET", "/api/metrics", fields: fields)
        #expect(answer.status == 200, "\(answer.text)")
        let isOpenMetrics = accept != nil
        #expect(
            answer["Content-Type"]
                == (isOpenMetrics
                    ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                    : "text/plain; version=0.0.4; charset=utf-8"))
        #expect(answer["Cache-Control"] == "no-store")
        return try ExpositionDocument(answer.text, isOpenMetrics: isOpenMetrics)
    }

    /// The admin tool tells the same from the file that the processes share.
    private func told(_ arguments: String..., input: String? = nil) throws -> String {
        var environment = try server.adminEnvironment()
        environment["METRICS_FILE"] = server.state + "/metrics"
        environment["NGINX_REFUSALS"] = server.state + "/log/refused"
        let build = try #require(TestServer.build)
        let tool = Process(), output = Pipe(), request = Pipe()
        tool.executableURL = URL(fileURLWithPath: "\(build.binaries)/bitstockerz")
        tool.arguments = ["metrics"] + arguments
        tool.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        tool.standardInput = request
        tool.standardOutput = output
        try tool.run()
        if let input { try request.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
        try request.fileHandleForWriting.close()
        let told = output.fileHandleForReading.readDataToEndOfFile()
        tool.waitUntilExit()
        #expect(tool.terminationStatus == 0)
        return String(decoding: told, as: UTF8.self)
    }

    private static let live = ["method": "GET", "route": "/api/health/live"]

    @Test func `requests are counted by route and status, with their time and size`() throws {
        let before = try metrics()
        for _ in 0..<20 { #expect(try server.client.send("GET", "/api/health/live").status == 200) }
        for _ in 0..<3 { #expect(try server.client.send("GET", "/api/nothing").status == 404) }
        #expect(try server.client.send("GET", "/api/strategies").status == 401)
        let after = try metrics()
        func growth(_ name: String, _ labels: [String: String]) -> Double {
            after.sum(name, labels) - before.sum(name, labels)
        }
        #expect(growth("bitstockerz_http_requests_total", Self.live.merging(["status": "2xx"]) { $1 }) >= 20)
        #expect(growth("bitstockerz_http_request_duration_seconds_count", Self.live) >= 20)
        #expect(growth("bitstockerz_http_request_duration_seconds_sum", Self.live) > 0)
        #expect(growth("bitstockerz_http_response_body_bytes_total", Self.live) >= 20 * 15)
        #expect(growth("bitstockerz_http_requests_total", ["route": "none", "status": "4xx"]) >= 3)
        #expect(growth("bitstockerz_http_problems_total", ["code": "NOT_FOUND"]) >= 3)
        #expect(growth("bitstockerz_http_requests_total", ["route": "/api/strategies", "status": "4xx"]) >= 1)
        #expect(growth("bitstockerz_http_problems_total", ["code": "UNAUTHORIZED"]) >= 1)
        #expect(after.sample("bitstockerz_responders_busy", ["program": "responder"])?.value ?? 0 >= 1)
        #expect(after.sample("bitstockerz_build_info")?.label("version")?.isEmpty == false)
    }

    @Test func `what nginx refuses itself is counted, though no process of ours hears of it`() throws {
        let refusals = "bitstockerz_nginx_refusals_total", tooLarge = ["status": "413"]
        let before = try metrics()
        for _ in 0..<3 {
            let body = [UInt8](repeating: 32, count: 300_000)
            #expect(try server.client.send("POST", "/api/strategies", body: body).status == 413)
        }
        try poll("all three are counted", seconds: 10) {
            try metrics().sum(refusals, tooLarge) == before.sum(refusals, tooLarge) + 3
        }
        let after = try metrics(), problem = ["code": "PAYLOAD_TOO_LARGE"]
        #expect(
            after.sum("bitstockerz_http_problems_total", problem)
                == before.sum("bitstockerz_http_problems_total", problem))
    }

    @Test func `work that others do is counted, too`() throws {
        let before = try metrics()
        let id = try server.strategy("measured")
        #expect(try server.finished(server.backtest(strategy: id))["status"] == "completed")
        try poll("the run is counted", seconds: 20) {
            try metrics().sum("bitstockerz_backtests_total") > before.sum("bitstockerz_backtests_total")
        }
        let after = try metrics()
        #expect(after.sum("bitstockerz_backtest_bars_total") > before.sum("bitstockerz_backtest_bars_total"))
        #expect(after.sum("bitstockerz_backtest_compute_seconds_total") > 0)
        let attempts = ["type": "backtest", "outcome": "completed"]
        #expect(
            after.sum("bitstockerz_job_attempts_total", attempts)
                > before.sum("bitstockerz_job_attempts_total", attempts))
        #expect(after.sum("bitstockerz_job_duration_seconds_count", ["type": "backtest"]) >= 1)
        #expect(after.sum("bitstockerz_bar_cache_requests_total") >= 1)
        #expect(after.sum("bitstockerz_bar_cache_bars") > 0 && after.sum("bitstockerz_bar_cache_bytes") > 0)
        for program in ["responder", "backtestd", "worker"] {
            #expect(
                after.sum("bitstockerz_database_round_trip_duration_seconds_count", ["program": program]) > 0,
                "\(program)")
        }
        #expect(after.sample("bitstockerz_database_up")?.value == 1)
        #expect(after.sample("bitstockerz_queue_jobs", ["type": "backtest", "status": "pending"]) != nil)
        #expect(after.sample("bitstockerz_queue_oldest_job_age_seconds", ["type": "maintenance"]) != nil)
        let imported = try #require(after.sample("bitstockerz_import_timestamp_seconds", ["asset_type": "EQUITY"]))
        #expect(abs(imported.value - Date().timeIntervalSince1970) < 3_600)
        #expect(after.sum("bitstockerz_series") >= 1)
    }

    @Test func `a sign-in takes six trips to the database, four of them for the answer of the passkey`() throws {
        let browser = TestBrowser(server.client), authenticator = SoftwareAuthenticator(origin: browser.origin, .es256)
        #expect(try browser.signUp("trips@example.org", authenticator).status == 201)
        func trips() throws -> Double {
            try metrics().sum("bitstockerz_database_round_trip_duration_seconds_count", ["program": "responder"])
        }
        // Statements are prepared once a session.
        for _ in 0..<20 { #expect(try browser.signIn(authenticator).status == 200) }
        let before = try trips()
        for _ in 0..<40 { #expect(try browser.signIn(authenticator).status == 200) }
        // What is done in idle moments is counted, too.
        #expect(try trips() - before <= 40 * 6 + 20)
    }

    @Test func `a killed responder takes no count with it, and its end is counted`() throws {
        for _ in 0..<10 { _ = try server.client.send("GET", "/api/health/live") }
        let before = try metrics()
        let pids = try server.pids("responder")
        #expect(pids.count == 2)
        for pid in pids { kill(pid, SIGKILL) }
        try poll("both are back, and counted", seconds: 30) {
            guard let after = try? metrics() else { return false }
            return after.sum("bitstockerz_process_exits_total", ["program": "responder", "reason": "killed"])
                >= before.sum("bitstockerz_process_exits_total", ["program": "responder", "reason": "killed"]) + 2
                && after.sample("bitstockerz_processes", ["program": "responder"])?.value == 2
        }
        let after = try metrics()
        // Nothing that only grows has become less.
        for family in before.families where family.kind == "counter" || family.kind == "histogram" {
            for sample in family.samples {
                let labels = Dictionary(uniqueKeysWithValues: sample.labels.map { ($0[0], $0[1]) })
                #expect(after.sample(sample.name, labels)?.value ?? -1 >= sample.value, "\(sample)")
            }
        }
        #expect(
            after.sum("bitstockerz_process_starts_total", ["program": "responder"])
                >= before.sum("bitstockerz_process_starts_total", ["program": "responder"]) + 2)
    }

    @Test func `the admin tool tells the same, and answers HTTP on its own`() throws {
        let form = "application/openmetrics-text"
        let open = try metrics(accept: form)
        let same = try ExpositionDocument(told("--openmetrics"), isOpenMetrics: true)
        #expect(same.families.map(\.name) == open.families.map(\.name))
        let count = "bitstockerz_http_requests_total"
        #expect(same.sum(count, ["route": "/api/metrics"]) >= open.sum(count, ["route": "/api/metrics"]))
        #expect(same.sum("bitstockerz_processes") == open.sum("bitstockerz_processes"))
        let answer = try told("--http", input: "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: \(form)\r\n\r\n")
        let parts = answer.components(separatedBy: "\r\n\r\n")
        #expect(parts.count == 2 && parts[0].hasPrefix("HTTP/1.1 200 OK\r\n"))
        _ = try ExpositionDocument(parts[1], isOpenMetrics: true)
        #expect(try told("--http", input: "GET /other HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 404 "))
        #expect(try told("--list").contains("| `bitstockerz_http_requests_total` | counter |"))
    }

    private static let wrong: [String?] = [
        nil, "Bearer ", "Bearer \(String(repeating: "5b", count: 32))", "Basic \(token)",
    ]

    @Test(arguments: wrong)
    func `who does not show the token hears nothing`(_ field: String?) throws {
        let answer = try server.client.send("GET", "/api/metrics", fields: field.map { [("Authorization", $0)] } ?? [])
        #expect(answer.status == 401 && answer.code == "UNAUTHORIZED")
        #expect(answer["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
        #expect(!answer.text.contains("bitstockerz_"))
    }

    @Test func `without a token on the server there is no such address`() throws {
        let other = try TestServer.shared.get()
        for field in [[], [("Authorization", "Bearer \(Self.token)")]] {
            let answer = try other.client.send("GET", "/api/metrics", fields: field)
            #expect(answer.status == 404 && answer.code == "NOT_FOUND")
        }
    }
}
