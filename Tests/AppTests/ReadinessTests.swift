import Daemon
import Foundation
import HTTP
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct ReadinessTests {
    private static let database = try! TestDatabase()

    private func schemaState(_ application: inout Application) throws -> Value? {
        let answer = application.respond(to: try Request(.get, "/api/health/ready"))
        return try parse(answer.body).objectValue?["checks"]?.objectValue?["schema"]?.objectValue?["status"]
    }

    @Test func `a host that is drained is not ready, and says so`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "bsdrain-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let configuration = try Configuration([
            "DATABASE_URL": Self.database.conninfo, "MIGRATIONS_DIR": Repository.migrations, "DRAIN_FILE": file,
        ])
        var application = Application(configuration, log: Log(minimum: .error))
        func ready() throws -> (Int, Value?) {
            let answer = application.respond(to: try Request(.get, "/api/health/ready"))
            return (answer.status, try parse(answer.body).objectValue?["draining"])
        }
        #expect(try ready() == (200, false))
        try configuration.drain.begin()
        try configuration.drain.begin()
        #expect(try ready() == (503, true))
        // Nobody who comes all the same is refused.
        #expect(application.respond(to: try Request(.get, "/api/health/live")).status == 200)
        try configuration.drain.end()
        try configuration.drain.end()
        #expect(try ready() == (200, false))
        var db = try Self.database.connect()
        try db.script(
            """
            INSERT INTO jobs (job_type, payload_json, status, worker, started_at, lease_until, attempts)
              VALUES ('x', '{}', 'running', '\(configuration.workerName)/1/a', now(), now() + interval '1 minute', 1),
                ('x', '{}', 'running', 'another.worker/1/a', now(), now() + interval '1 minute', 1)
            """)
        #expect(
            try db.run(Query<Int>.value(HostWork.jobsSQL, configuration.backtestName, configuration.workerName)) == 1)
    }

    @Test func `a host with another secret is not ready, and says whose it needs`() throws {
        let database = try TestDatabase()
        func check(_ secret: Character?) throws -> (Int, Object?) {
            var environment = ["DATABASE_URL": database.conninfo, "MIGRATIONS_DIR": Repository.migrations]
            environment["SERVER_SECRET"] = secret.map { String(repeating: $0, count: 64) }
            var application = Application(try Configuration(environment), log: Log(minimum: .error))
            let answer = application.respond(to: try Request(.get, "/api/health/ready"))
            return (
                answer.status,
                try parse(answer.body).objectValue?["checks"]?.objectValue?["server_secret"]?.objectValue
            )
        }
        // Who writes first decides.
        #expect(try check("a").1?["status"] == "up")
        #expect(try check("b").1?["status"] == "up")
        var db = try database.connect()
        let configuration = try Configuration(["SERVER_SECRET": String(repeating: "a", count: 64)])
        let log = try #require(configuration.auditLog)
        try db.transaction { db in try log.append([AuditEvent("session.started", userID: nil)], in: &db) }
        #expect(try check("a").1?["status"] == "up")
        let (status, foreign) = try check("b")
        #expect(status == 503)
        #expect(foreign?["status"] == "down")
        #expect(
            foreign?["detail"]?.stringValue
                == "no event of the audit trail was signed with this host's secret: copy /etc/bitstockerz/server-secret from the host that made them"
        )
        #expect(try check(nil).1?["status"] == "not_configured")
    }

    @Test func `an install beside a running process does not make it unready`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bsready-\(UUID().uuidString)").path
        try FileManager.default.copyItem(atPath: Repository.migrations, toPath: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let configuration = try Configuration(["DATABASE_URL": Self.database.conninfo, "MIGRATIONS_DIR": folder])
        var running = Application(configuration, log: Log(minimum: .error))
        #expect(try schemaState(&running) == "up")
        try Data("CREATE TABLE next_release (x integer)".utf8).write(
            to: URL(filePath: folder + "/V9999__next_release.sql"))
        #expect(try schemaState(&running) == "up")
        var installed = Application(configuration, log: Log(minimum: .error))
        #expect(try schemaState(&installed) == "down")
        // While an install exchanges the files there may be none.
        try FileManager.default.removeItem(atPath: folder)
        #expect(try schemaState(&running) == "up")
        var without = Application(configuration, log: Log(minimum: .error))
        #expect(try schemaState(&without) == "down")
    }

    @Test func `a database without room is a reason of its own`() {
        let problem = Application.problem(for: PostgresError(.diskFull, "could not extend file \"base/5/16384\""))
        #expect(problem.status == 503)
        let detail = problem.detail ?? ""
        #expect(detail.contains("no room left") && !detail.contains("base/"))
    }
}
