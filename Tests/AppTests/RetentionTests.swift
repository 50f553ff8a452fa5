import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct RetentionTests {
    private static let database = try! TestDatabase()

    @Test func `what has expired goes, and nothing else`() throws {
        var db = try Self.database.connect()
        let user = try db.query("INSERT INTO users (role) VALUES ('user') RETURNING id").string(0, 0)
        try db.script(
            """
            INSERT INTO jobs (job_type, status, created_at, finished_at) VALUES
              ('old', 'cancelled', now() - interval '32 days', now() - interval '31 days'),
              ('new', 'cancelled', now() - interval '30 days', now() - interval '29 days');
            INSERT INTO jobs (job_type, status, created_at) VALUES ('waiting', 'pending', now() - interval '90 days');
            INSERT INTO sessions (token_hash, user_id, method, device, created_at, expires_at) VALUES
              (sha256('a'), '\(user)', 'passkey', 'old', now() - interval '2 days', now() - interval '1 second'),
              (sha256('b'), '\(user)', 'passkey', 'new', now(), now() + interval '1 hour');
            INSERT INTO webauthn_challenges (challenge_hash, purpose, browser_hash, created_at, expires_at) VALUES
              (sha256('a'), 'login', sha256('a'), now() - interval '1 hour', now() - interval '55 minutes'),
              (sha256('b'), 'login', sha256('b'), now(), now() + interval '5 minutes');
            INSERT INTO api_keys (user_id, name, prefix, key_hash, scopes, created_at, revoked_at) VALUES
              ('\(user)', 'old', 'bsk_old', sha256('a'), '{read}', now() - interval '200 days', now() - interval '91 days'),
              ('\(user)', 'ended', 'bsk_end', sha256('b'), '{read}', now() - interval '200 days', now() - interval '89 days'),
              ('\(user)', 'good', 'bsk_good', sha256('c'), '{read}', now() - interval '200 days', NULL);
            INSERT INTO invitations (token_hash, note, created_at, expires_at) VALUES
              (sha256('a'), 'old', now() - interval '9 days', now() - interval '1 day'),
              (sha256('b'), 'new', now(), now() + interval '1 day');
            INSERT INTO notifications (user_id, kind, detail, created_at) VALUES
              ('\(user)', 'order_filled', 'old', now() - interval '91 days'),
              ('\(user)', 'order_filled', 'new', now() - interval '89 days');
            INSERT INTO symbols (symbol, name, asset_type) VALUES ('CORRECTED', 'Corrected', 'EQUITY');
            INSERT INTO replaced_bars
              (symbol_id, interval, start, replaced_at, open, high, low, close, volume, provider, stored_at)
              SELECT id, '1d', '2020-01-02Z', now() - make_interval(days => days), 1, 1, 1, 1, days, 'test', now()
              FROM symbols, unnest('{89, 91}'::int[]) days WHERE symbol = 'CORRECTED';
            INSERT INTO ai_usage (user_id, date) VALUES ('\(user)', current_date - 181), ('\(user)', current_date - 180);
            """)
        let deleted = try Retention.apply(in: &db).filter { $0.count > 0 }.map { "\($0.count) \($0.what)" }
        #expect(
            deleted == [
                "1 finished jobs", "1 sessions", "1 challenges", "1 API keys that were ended", "1 unused invitations",
                "1 notifications", "1 bars before their correction", "1 days of advisor usage",
            ])
        let jobs = try db.query("SELECT string_agg(job_type, ' ' ORDER BY job_type) FROM jobs").string(0, 0)
        #expect(jobs == "new waiting")
        #expect(try db.query("SELECT string_agg(device, ' ') FROM sessions").string(0, 0) == "new")
        #expect(try db.query("SELECT string_agg(name, ' ' ORDER BY name) FROM api_keys").string(0, 0) == "ended good")
        #expect(try db.query("SELECT string_agg(note, ' ') FROM invitations").string(0, 0) == "new")
        #expect(try db.query("SELECT string_agg(detail, ' ') FROM notifications").string(0, 0) == "new")
        #expect(try Retention.apply(in: &db).allSatisfy { $0.count == 0 })
    }

    @Test(arguments: [
        (1, "finished jobs", "1 finished job"), (2, "finished jobs", "2 finished jobs"), (1, "sessions", "1 session"),
        (1, "audit events", "1 audit event"), (1, "webhook deliveries", "1 webhook delivery"),
        (1, "bars before their correction", "1 bar before its correction"),
        (3, "bars before their correction", "3 bars before their correction"),
        (1, "owners of trials", "1 owner of trials"), (1, "days of advisor usage", "1 day of advisor usage"),
    ])
    func `what went is told in the right number`(_ count: Int, _ what: String, _ words: String) {
        #expect(Retention.told(count, what) == words)
    }

    @Test func `trials of who left before this release become nobody's`() throws {
        let run = try CompletedRun()
        var db = try run.connect()
        _ = try Retention.apply(in: &db)
        #expect(try run.installation.scalar("SELECT count(*) FROM trials WHERE owner_id IS NOT NULL") == 1)
        try db.script("UPDATE users SET deleted_at = now(), email = NULL")
        let changed = try Retention.apply(in: &db).filter { $0.count > 0 }.map { "\($0.count) \($0.what)" }
        #expect(changed == ["1 owners of trials"])
        #expect(try run.installation.scalar("SELECT count(*) FROM trials WHERE (owner_id, lineage_id) IS NULL") == 1)
    }

    @Test func `finished jobs that stay are not looked at`() throws {
        var db = try Self.database.connect()
        try db.script("SET enable_seqscan = off")
        let plan = try db.query("EXPLAIN SELECT ctid FROM jobs WHERE \(Retention.finishedJobs)")
        let lines = try (0..<plan.count).map { try plan.string($0, 0) }
        #expect(lines.contains { $0.contains("jobs_finished_idx") }, "\(lines)")
    }
}
