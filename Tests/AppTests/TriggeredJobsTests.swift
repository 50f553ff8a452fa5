import JSON
import Jobs
import Market
import Postgres
import TestSupport
import Testing

@testable import App

/// Triggers queue jobs in SQL of their own, and what has landed of it stays as it is: it must say what the kinds read.
@Suite struct TriggeredJobsTests {
    private let floor: RunnerFloor
    private var desk: TradingDesk { floor.desk }

    /// Somebody waits for the bars of STK in every way, and nothing is queued.
    init() throws {
        floor = try RunnerFloor()
        _ = try floor.start()
        try desk.order("BUY", ["quantity": "1", "order_type": "LIMIT", "limit_price": "10"])
        _ = try desk.setAlert(["kind": "price_above", "symbol": "STK", "level": "1000"])
        try endAll()
    }

    private func endAll() throws {
        try desk.db.script("UPDATE jobs SET status = 'cancelled', finished_at = now() WHERE status = 'pending'")
    }

    private func grow() throws {
        let day = TradingDesk.sessions(from: "2024-01-31", count: 1)[0]
        try desk.put("STK", .equity, [(day, 100, 101, 99, 100)])
    }

    /// The days of STK.
    private func series() throws -> (symbol: Int, revision: Int) {
        try desk.db.run(
            .one(
                """
                SELECT b.symbol_id, b.revision FROM bar_series b JOIN symbols s ON s.id = b.symbol_id
                WHERE s.symbol = 'STK' AND b.interval = '1d'
                """
            ) { row in (symbol: try row.next(), revision: try row.next()) })
    }

    /// The only job of a kind that waits, as the kind reads it.
    private func queued<Kind: JobKind>(_ kind: Kind.Type) throws -> (id: String, payload: Kind.Payload, key: String?) {
        let jobs = try desk.db.run(
            Query<[(String, Value, String?)]>.all(
                "SELECT id, payload_json, dedupe_key FROM jobs WHERE job_type = $1 AND status = 'pending'", Kind.name
            ) { row in (try row.next(), try row.next(), try row.next()) })
        #expect(jobs.count == 1, "\(Kind.name)")
        let job = try #require(jobs.first), json = try #require(job.1.objectValue)
        let payload = try Kind.Payload(json: json)
        // jsonb has an order of its own.
        func words(_ object: Object) -> [String] { object.members.map { "\($0.name) \($0.value)" }.sorted() }
        #expect(words(payload.json) == words(json))
        return (job.0, payload, job.2)
    }

    /// A look at STK, by the key of its trigger.
    private func expectLook<Kind: JobKind>(
        _ kind: Kind.Type, _ rest: String = ""
    ) throws where Kind.Payload == GrownSeries {
        let (symbol, revision) = try series(), job = try queued(kind)
        #expect(job.payload.symbol == symbol && job.payload.timeframe == .day)
        #expect(job.key == "\(Kind.name)/\(symbol)/1d/\(revision)\(rest)")
    }

    @Test func `every kind that a trigger queues is looked at here`() throws {
        let triggers = try desk.db.run(
            Query<[String]>.values("SELECT proname FROM pg_proc WHERE prosrc LIKE '%INTO jobs%' ORDER BY proname"))
        #expect(
            triggers == [
                "queue_alert_checks", "queue_bar_check", "queue_freed_series", "queue_listing_check",
                "queue_order_fills", "queue_runners", "queue_webhooks",
            ])
    }

    @Test func `what follows new bars is urgent, tries again, and nobody waits for the disk with it`() {
        for kind: any JobKind.Type in [FillOrders.self, CheckAlerts.self, AdvanceRunners.self] {
            #expect(kind.retry != nil && kind.isUrgent && !kind.isRationed && !kind.waitsForDisk, "\(kind.name)")
            #expect(kind.retentionDays == 1, "\(kind.name)")
        }
    }

    @Test func `new bars are checked, and meet orders, alerts and then runners`() throws {
        try grow()
        let (symbol, revision) = try series(), check = try queued(CheckBars.self)
        #expect(check.payload.symbol == symbol && !check.payload.always)
        #expect(check.key == "\(CheckBars.name)/\(symbol)/1d/\(revision)")
        try expectLook(FillOrders.self)
        try expectLook(CheckAlerts.self)
        while try CheckBars().runNext(as: "test", in: &desk.db, report: { _ in }) {}
        try expectLook(AdvanceRunners.self)
        // A sweep queues the same, also beside what is there.
        for round in 0..<2 {
            if round == 0 { try endAll() }
            try desk.sweep()
            _ = try desk.db.run(.sweepingRunners())
            try expectLook(FillOrders.self)
            try expectLook(AdvanceRunners.self)
        }
    }

    @Test func `a series that is held no longer meets all of them`() throws {
        let last = try series()
        try desk.db.script("UPDATE bar_series SET trades_until = first WHERE symbol_id = \(last.symbol)")
        try endAll()
        try desk.db.run(.freeingTrades(of: last.symbol, .day))
        try expectLook(FillOrders.self, "/freed")
        try expectLook(CheckAlerts.self, "/freed")
        try expectLook(AdvanceRunners.self, "/freed")
    }

    @Test func `what is learned of an exchange is checked in any case`() throws {
        let (symbol, _) = try series()
        try desk.db.script("UPDATE symbols SET exchange = 'LSE' WHERE symbol = 'STK'")
        let check = try queued(CheckBars.self)
        #expect(check.payload.symbol == symbol && check.payload.always)
        #expect(check.key?.hasPrefix("\(CheckBars.name)/\(symbol)/listed/") == true)
    }

    @Test func `what a user is told is posted under the id of its delivery`() throws {
        try desk.db.script(
            """
            INSERT INTO webhooks (user_id, url) SELECT id, 'https://example.org/' FROM users;
            INSERT INTO notifications (user_id, kind, detail) SELECT id, 'order_filled', 'Bought.' FROM users
            """)
        let job = try queued(DeliverWebhook.self)
        #expect(try desk.db.run(Query<String>.value("SELECT id FROM webhook_deliveries")) == job.id)
    }

    @Test func `what may be ordered are kinds`() {
        let names = JobKinds.all.map { $0.name }
        #expect(JobOrders.OrderedJob.allCases.allSatisfy { names.contains($0.rawValue) })
    }
}
