import Daemon
import Glibc
import HTTP
import JSON
import Postgres

/// `GET /api/health/live` and `/api/health/ready` (api.md, "Jobs, health, metrics").
enum Health {
    static let live = Route(
        method: .get, path: "/api/health/live", access: .open, about: "Whether the process answers at all.",
        answers: [.init(status: 200, about: "It does", schema: .object([("status", .oneOf(["ok"]))]))],
        handler: .direct { _ in
            var json = Writer(capacity: 32)
            json.beginObject()
            json.member("status", "ok")
            json.endObject()
            return .json(json)
        })

    static let ready = Route(
        method: .get, path: "/api/health/ready", access: .open,
        about: "Whether this host should get traffic: a load balancer's check.",
        answers: [
            .init(status: 200, about: "Ready", schema: .named("Readiness")),
            .init(status: 503, about: "Not ready; the parts tell why", schema: .named("Readiness")),
        ],
        handler: .readiness { call, database in
            let checks = check(call.configuration, &database)
            let isReady = checks.allSatisfy { $0.state != .down || $0.name == "backtest_daemon" }
            var json = Writer()
            json.beginObject()
            json.member("status", isReady ? "ok" : "unavailable")
            json.key("checks")
            json.beginObject()
            for check in checks {
                json.key(check.name)
                json.beginObject()
                json.member("status", check.state.rawValue)
                json.member("latency_ms", check.milliseconds)
                json.member("detail", check.detail)
                json.endObject()
            }
            json.endObject()
            json.endObject()
            var response = Response.json(json, status: isReady ? 200 : 503)
            if !isReady { response.fields.append("Retry-After", "2") }
            return response
        })

    static let schema = Schema.object([
        ("status", .oneOf(["ok", "unavailable"])),
        (
            "checks",
            .object(
                ["database", "schema", "backtest_daemon", "market_data"].map { name in
                    (
                        name,
                        .object([
                            ("status", .oneOf(State.allCases.map(\.rawValue))), ("latency_ms", Schema.number.orNull),
                            ("detail", Schema.text.orNull),
                        ])
                    )
                })
        ),
    ])

    enum State: String, CaseIterable {
        case up, down
        case notConfigured = "not_configured"
    }

    private struct Check {
        let name: String
        let state: State
        let milliseconds: Double?
        let detail: String?
    }

    private static func check(_ configuration: Configuration, _ database: inout Database) -> [Check] {
        let reach = timed("database") {
            try database.use(repeatable: true) { db in try db.query("SELECT 1").count == 1 }
        }
        let rest: [Check]
        if reach.state == .up {
            rest = [
                timed("schema", failing: "the schema does not fit this release: run bitstockerz migrate") {
                    let migrator = try Migrator(directory: configuration.migrationsDirectory)
                    return try database.use(repeatable: true) { db in try migrator.obstacle(in: &db) == nil }
                },
                timed(
                    "market_data", failing: "no prices are imported yet: run bitstockerz import",
                    otherwise: .notConfigured
                ) {
                    try database.use(repeatable: true) { db in try db.hasBars() }
                },
            ]
        } else {
            rest = ["schema", "market_data"].map {
                Check(name: $0, state: .down, milliseconds: nil, detail: "the database is not reachable")
            }
        }
        // Runs stay queued while the daemon is away, so the host can serve without it: reported, not required.
        let daemon = timed("backtest_daemon", failing: "runs stay queued until it is back") {
            Doorbell.ping(configuration.backtestSocket)
        }
        return [reach, rest[0], daemon, rest[1]]
    }

    private static func timed(
        _ name: String, failing detail: String? = nil, otherwise: State = .down, _ probe: () throws -> Bool
    ) -> Check {
        let started = SystemClock.monotonicNanoseconds()
        let isFine = (try? probe()) ?? false
        let milliseconds = (Double(SystemClock.monotonicNanoseconds() - started) / 1e4).rounded() / 100
        return Check(
            name: name, state: isFine ? .up : otherwise, milliseconds: milliseconds, detail: isFine ? nil : detail)
    }
}

extension Connection {
    mutating func hasBars() throws -> Bool {
        try query("SELECT EXISTS (SELECT 1 FROM bar_series WHERE count > 0)").bool(0, 0)
    }
}
