import Jobs
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import App

@Suite struct MaintenanceTests {
    private let database = try! TestDatabase()
    private let key = ServerSecret(String(repeating: "5a", count: 32))!.auditKey

    /// A round of one's own, and what it said outside the database.
    private func work(in db: inout Connection) throws -> (wasThere: Bool, said: [String]) {
        let said = Mutex<[String]>([])
        let round = Maintenance(key) { line in
            said.withLock { $0.append(line) }
        } warn: { _ in
        }
        return (try round.runNext(as: "test", in: &db) { _ in }, said.withLock { $0 })
    }

    @Test func `a round tells what it deleted, and says its checkpoint outside the database too`() throws {
        var db = try database.connect()
        try db.script(
            """
            INSERT INTO jobs (job_type, status, created_at, finished_at)
            VALUES ('old', 'cancelled', now() - interval '32 days', now() - interval '31 days')
            """)
        let job = try Maintenance.request(in: &db)
        #expect(try Maintenance.request(in: &db) == job, "there is one round at a time")
        #expect(try Maintenance.round(job, in: &db) == nil)
        let (wasThere, said) = try work(in: &db)
        #expect(wasThere)
        guard case .done(let report) = try Maintenance.round(job, in: &db) else {
            Issue.record("the round did not end")
            return
        }
        #expect(report.deleted.filter { $0.count > 0 }.map { "\($0.count) \($0.what)" } == ["1 finished jobs"])
        #expect(report.deleted.last?.what == "audit events")
        #expect(said == [report.checkpoint])
        #expect(try AuditCheckpoint.read(report.checkpoint, key).count == 1)
        #expect(try !work(in: &db).wasThere)
        #expect(try Maintenance.request(in: &db) != job)
    }

    @Test func `a round tells who has left in the last days, outside the database`() throws {
        var db = try database.connect()
        let lastWeek = "00000000-0000-4000-8000-000000000001", longAgo = "00000000-0000-4000-8000-000000000002"
        try db.script(
            """
            INSERT INTO users (id, deleted_at)
            VALUES ('\(lastWeek)', now() - interval '6 days'), ('\(longAgo)', now() - interval '8 days')
            """)
        _ = try Maintenance.request(in: &db)
        let said = try work(in: &db).said
        #expect(said.count == 2)
        guard let line = said.last, case .farewell(let farewell) = Farewell.read(line[...], key) else {
            Issue.record("nobody was told of: \(said)")
            return
        }
        #expect(farewell.userID == lastWeek)
        #expect(
            try db.run(
                Query<Bool>.value(
                    "SELECT deleted_at = to_timestamp($2::int8 / 1000000.0) FROM users WHERE id = $1::uuid", lastWeek,
                    Int(farewell.time))))
    }

    @Test func `a trail that does not hold ends the round with its first fault`() throws {
        var db = try database.connect()
        try db.script(
            """
            INSERT INTO audit_events (stream, event_type, payload_digest, prev_hash, hash, created_at)
            VALUES (5, 'session.started', sha256('a'), decode(repeat('00', 32), 'hex'), sha256('b'),
              now() - interval '400 days')
            """)
        let job = try Maintenance.request(in: &db)
        #expect(try work(in: &db).said == [])
        guard case .ended(let code, let message) = try Maintenance.round(job, in: &db) else {
            Issue.record("the round did not end")
            return
        }
        #expect(code == Maintenance.auditFault && message == "Chain 5, event 1: it was changed.")
    }

    @Test func `a trail that does not hold keeps nothing else of the round from being done`() throws {
        let desk = try TradingDesk()
        let order = try desk.order("BUY", ["quantity": "1", "order_type": "LIMIT", "limit_price": "95"])
        try desk.order("BUY", ["quantity": "1"])
        try desk.db.script(
            """
            UPDATE orders SET active_from = expires_at WHERE status = 'PENDING';
            UPDATE paper_accounts SET cash_balance = cash_balance + 1;
            UPDATE audit_heads SET mac = sha256('none') WHERE count > 0
            """)
        let job = try Maintenance.request(in: &desk.db)
        let key = try desk.installation.configuration.requiredServerSecret().auditKey
        _ = try Maintenance(key) { _ in
        } warn: { _ in
        }.runNext(as: "test", in: &desk.db) { _ in }
        guard case .ended(let code, let message) = try Maintenance.round(job, in: &desk.db) else {
            Issue.record("the round did not fail")
            return
        }
        #expect(code == Maintenance.auditFault && message.contains("1 paper account does not add up."), "\(message)")
        #expect(try desk.shown(order)["status"] == "EXPIRED")
        #expect(try desk.rows("/api/trading/equity-curve", "points").last?["kind"] == "day")
    }
}
