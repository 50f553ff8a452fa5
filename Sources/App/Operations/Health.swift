import Glibc
import HTTP
import JSON
import Jobs
import Postgres
import System

/// `GET /api/health/live` and `/api/health/ready` (api.md, "Jobs, health, metrics").
enum Health {
    private static let alive = Answer(200, "It does", .object("status", .word("ok")))

    static let live = Route.direct(
        .get, "/api/health/live", .open, "Whether the process answers at all.", answers: [alive]
    ) { _ in alive("ok", capacity: 32) }

    private static let up = Answer(200, "Ready", Readiness.form)
    private static let down = Answer(503, "Not ready; the parts tell why", Readiness.form)
        .with(.retryAfter)

    static let ready = Route.readiness(
        .get, "/api/health/ready", "Whether this host should get traffic: a load balancer's check.",
        answers: [up, down]
    ) { call, schema, database in
        let readiness = check(call.configuration, schema, &database)
        if readiness.isReady { return up(readiness) }
        var response = down(readiness)
        response.fields.append("Retry-After", "2")
        return response
    }

    private struct Readiness {
        let database: Check
        let schema: Check
        let backtestDaemon: Check
        let marketData: Check
        let serverSecret: Check
        /// The parts are as they were, so that whoever works on the host sees them.
        let isDrained: Bool

        /// Runs stay queued while the daemon is away, so the host can serve without it: reported, not required.
        var isReady: Bool {
            !isDrained && [database, schema, marketData, serverSecret].allSatisfy { $0.state != .down }
        }

        private enum ServiceStatus: String, CaseIterable { case ok, unavailable }

        static let form = Form<Readiness>.object(
            "Readiness",
            [
                .member("status", .choice()) { $0.isReady ? ServiceStatus.ok : .unavailable },
                .member(
                    "checks",
                    .object([
                        .member("database", Check.form, \.database), .member("schema", Check.form, \.schema),
                        .member("backtest_daemon", Check.form, \.backtestDaemon),
                        .member("market_data", Check.form, \.marketData),
                        .member("server_secret", Check.form, \.serverSecret),
                    ])
                ) { $0 },
                .member(
                    "draining",
                    Form<Bool>.flag.described("Whether an administrator has emptied this host for work on it"),
                    \.isDrained),
            ])
    }

    enum CheckStatus: String, CaseIterable {
        case up, down
        case notConfigured = "not_configured"
    }

    private struct Check {
        let state: CheckStatus
        var milliseconds: Double?
        var detail: String?
        /// Of the database: it is there, and has no room left.
        var isFull = false

        static let form = Form<Check>.object([
            .member("status", .choice(), \.state), .nullable("latency_ms", .number, \.milliseconds),
            .nullable("detail", .text, \.detail),
        ])
    }

    private static func check(
        _ configuration: Configuration, _ release: ReleaseSchema, _ database: inout Database
    ) -> Readiness {
        let reach = reach(&database)
        let unknown = Check(state: .down, detail: "the database is not reachable")
        let isReachable = reach.state == .up || reach.isFull
        return Readiness(
            database: reach,
            schema: isReachable ? schema(release, &database) : unknown,
            backtestDaemon: daemon(configuration),
            marketData: isReachable
                ? timed(failing: "no prices are imported yet: run bitstockerz import", otherwise: .notConfigured) {
                    try database.use(repeatable: true) { db in
                        try db.run(.value("SELECT EXISTS (SELECT 1 FROM bar_series WHERE count > 0)"))
                    }
                } : unknown, serverSecret: isReachable ? secret(configuration, &database) : unknown,
            isDrained: configuration.drain.isOn)
    }

    private static func secret(_ configuration: Configuration, _ database: inout Database) -> Check {
        guard let secret = configuration.serverSecret else { return Check(state: .notConfigured) }
        return timed(failing: "\(ForeignSecret.sentence): \(ForeignSecret.remedy)") {
            try database.use(repeatable: true) { db in try AuditTrail(secret.auditKey).isOurs(in: &db) }
        }
    }

    /// What spills out of memory is written where the database is, and needs neither the right to change anything nor a place
    /// in its log: on a full volume it is refused.
    private static let roomSQL = """
        SELECT count(*) > 0 FROM (SELECT set_config('work_mem', '64kB', true) AS setting) AS memory,
          generate_series(1, 5000 + 0 * length(memory.setting))
        """

    private static func reach(_ database: inout Database) -> Check {
        var isFull = false
        var check = timed {
            do {
                return try database.use(repeatable: true) { db in try db.run(.value(roomSQL)) }
            } catch let error as PostgresError {
                isFull = error.code == .diskFull
                throw error
            }
        }
        check.isFull = isFull
        if isFull { check.detail = "the database's volume is full: make room there" }
        return check
    }

    private static func schema(_ release: ReleaseSchema, _ database: inout Database) -> Check {
        var obstacle: MigrationError?
        var check = timed {
            obstacle = try database.use(repeatable: true) { db in try release.obstacle(&db) }
            return obstacle == nil
        }
        if check.state == .down {
            check.detail =
                obstacle?.kind == .newer
                ? "the schema is for a newer release, with which this one cannot work: install that"
                : "the schema does not fit this release: run bitstockerz migrate"
        }
        return check
    }

    private static func daemon(_ configuration: Configuration) -> Check {
        var standing: WorkerStanding?
        var check = timed {
            standing = DaemonClient(configuration).standing
            return standing == .doesJobs
        }
        check.detail =
            switch standing {
            case .doesJobs: nil
            case nil: "runs stay queued until it is back"
            case .waitsForName:
                "another daemon has the name of this host's: give each a \(Configuration.Variable.backtestName) of its own"
            case .heldBack: "it takes no run: the schema does not fit its release, or this host is drained"
            case .waitsForDatabase: "it does not reach the database"
            }
        return check
    }

    private static func timed(
        failing detail: String? = nil, otherwise: CheckStatus = .down, _ probe: () throws -> Bool
    ) -> Check {
        let started = SystemClock.monotonicNanoseconds()
        let isFine = (try? probe()) ?? false
        let milliseconds = (Double(SystemClock.monotonicNanoseconds() - started) / 1e4).rounded() / 100
        return Check(state: isFine ? .up : otherwise, milliseconds: milliseconds, detail: isFine ? nil : detail)
    }
}

/// The schema that this release needs, as its files said when the process began: an install beside a running process
/// changes the files and not the process.
struct ReleaseSchema: Sendable {
    private let needs: Result<SchemaNeeds, MigrationError>

    init(directory: String) {
        needs = Result { () throws(MigrationError) in try Migrator(directory: directory).needs }
    }

    /// Why this release cannot work with the database's schema; nil when it has the same, or a newer one that allows this
    /// release.
    func obstacle(_ db: inout Connection) throws(PostgresError) -> MigrationError? {
        switch needs {
        case .success(let needs): try needs.obstacle(in: &db)
        case .failure(let error): error
        }
    }
}
