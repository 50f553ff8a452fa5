import HTTP
import JSON
import Jobs
import Postgres
import TestSupport
import Testing

@testable import App

/// What is left when something goes wrong in the middle: nothing, or all as it was.
@Suite struct UploadFailureTests {
    /// A body of so many pieces of 100,000 bytes, which may break off.
    private final class Body: BodySource {
        let byteCount: Int
        private var left: Int
        private let breaksAt: Int

        init(_ pieces: Int, breaksAt: Int = -1) {
            (byteCount, left, self.breaksAt) = (pieces * 100_000, pieces, breaksAt)
        }

        func next() throws(BodyCutShortError) -> [UInt8]? {
            guard left != breaksAt else { throw BodyCutShortError() }
            guard left > 0 else { return nil }
            left -= 1
            return [UInt8](repeating: UInt8(ascii: "a") + UInt8(left % 26), count: 100_000)
        }
    }

    @Test func `a file is kept in pieces, whatever pieces it came in`() throws {
        let desk = try UploadDesk()
        let answer = try desk.upload([], from: Body(13))
        #expect(answer.status == 201 && answer.member("bytes") == 1_300_000)
        #expect(try desk.counts() == [1, 5, 0])
        #expect(
            try desk.installation.scalar(
                """
                SELECT count(*) FROM uploads WHERE sha256 = sha256(
                  (SELECT string_agg(bytes, ''::bytea ORDER BY number) FROM upload_chunks WHERE upload_id = uploads.id))
                """) == 1)
    }

    @Test func `a client that breaks off leaves nothing`() throws {
        let desk = try UploadDesk()
        var db = try desk.installation.database.connect()
        #expect(try desk.upload([], from: Body(13, breaksAt: 4)).status == 499)
        #expect(try desk.counts() == [0, 0, 0])
        #expect(
            try db.query(
                """
                SELECT 1 FROM pg_locks WHERE relation = 'uploads'::regclass AND pid <> pg_backend_pid()
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """
            ).count == 0, "of this database: in those of other tests the table has the same number")
    }

    @Test func `a quarter of the responders look at files at once, and the next is told when to come`() throws {
        let desk = try UploadDesk(["RESPONDERS": "8"]), configuration = desk.installation.configuration
        let id = try desk.upload(UploadDesk.week, "symbol=ABC").id, path = "\(UploadDesk.path)/\(id)"
        var one = try UploadLook.session(configuration), two = try UploadLook.session(configuration)
        let answers = [try desk.send("GET", path), try desk.upload(UploadDesk.week, "symbol=ABC")]
        #expect(answers.map(\.status) == [503, 503] && answers.map { $0["Retry-After"] } == ["5", "5"])
        #expect(try desk.counts() == [1, 1, 0], "what nobody would hear of is not kept")
        try two.run(.leavingPlaces())
        // Nobody holds a place that is not looking.
        for _ in 0..<5 { #expect(try desk.send("GET", path).status == 200) }
        try one.run(.leavingPlaces())
        #expect(try desk.upload(UploadDesk.week, "symbol=ABC").status == 201)
    }

    @Test func `a look does not wait for the symbol that somebody is making`() throws {
        let desk = try UploadDesk()
        var db = try desk.installation.database.connect()
        let looks = try db.transaction { db in
            try db.run(
                .change(
                    "INSERT INTO symbols (symbol, name, asset_type, currency) VALUES ('ABC', 'ABC', 'EQUITY', 'USD')"))
            let made = try desk.upload(UploadDesk.week, "symbol=ABC")
            return [made, try desk.send("GET", "\(UploadDesk.path)/\(made.id)?symbol=ABC")]
        }
        #expect(looks.map(\.status) == [201, 200])
        for look in looks { #expect(look.member("report", "stored") == .null && look.member("refusal") == .null) }
        let look = try desk.send("GET", "\(UploadDesk.path)/\(looks[0].id)?symbol=ABC")
        #expect(look.member("report", "stored", "added") == 3)
    }

    @Test func `what is too large is refused before it is read`() throws {
        let desk = try UploadDesk()
        let answer = try desk.upload([], from: Body(672, breaksAt: 672))
        #expect(answer.code == "PAYLOAD_TOO_LARGE")
    }

    @Test(arguments: ["upload_chunks", "uploads"])
    func `a full disk keeps nothing of a file`(_ table: String) throws {
        let desk = try UploadDesk()
        try desk.execute(
            """
            CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$;
            CREATE TRIGGER no_room BEFORE INSERT ON \(table) FOR EACH ROW
              \(table == "uploads" ? "" : "WHEN (NEW.number = 3)") EXECUTE FUNCTION no_room();
            """)
        #expect(try desk.upload([], from: Body(13)).status == 503)
        #expect(try desk.counts() == [0, 0, 0])
    }

    @Test func `a job that cannot store leaves file and bars as they were, and goes on later`() throws {
        let desk = try UploadDesk()
        let answer = try desk.upload(UploadDesk.week, "symbol=ABC")
        let job = try desk.confirm(answer.id, ["symbol": "ABC"])
        try desk.execute(
            """
            CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$;
            CREATE TRIGGER no_room BEFORE DELETE ON uploads FOR EACH ROW EXECUTE FUNCTION no_room();
            """)
        #expect(try desk.work(job.id)?["status"] == "pending")
        #expect(try desk.counts() == [1, 1, 0])
        try desk.execute("DROP TRIGGER no_room ON uploads; UPDATE jobs SET run_after = now() - interval '1 second'")
        #expect(try desk.work(job.id)?["status"] == "completed")
        #expect(try desk.counts() == [0, 0, 3])
    }

    @Test func `a job that was cancelled lets the file be confirmed anew`() throws {
        let desk = try UploadDesk()
        let answer = try desk.upload(UploadDesk.week, "symbol=ABC")
        let job = try desk.confirm(answer.id, ["symbol": "ABC"])
        var db = try desk.installation.database.connect()
        #expect(try Queue.cancel(job.id, in: &db) == .cancelled)
        #expect(try desk.send("GET", "\(UploadDesk.path)/\(answer.id)").member("job_id") == .null)
        #expect(try desk.work(desk.confirm(answer.id, ["symbol": "ABD"]).id)?["status"] == "completed")
    }

    @Test func `a file that went away ends its job, and stores nothing`() throws {
        let desk = try UploadDesk()
        let job = try desk.confirm(desk.upload(UploadDesk.week).id, ["symbol": "ABC"])
        try desk.execute("DELETE FROM uploads")
        #expect(try desk.work(job.id)?["error"]?.objectValue?["message"] == "the file is no longer there")
    }

    @Test func `its time is over after a day, and with the account`() throws {
        let desk = try UploadDesk()
        let old = try desk.upload(UploadDesk.week).id, waiting = try desk.upload(UploadDesk.week).id
        _ = try desk.upload(UploadDesk.week)
        _ = try desk.confirm(waiting, ["symbol": "ABC"])
        var db = try desk.installation.database.connect()
        try db.script(
            """
            UPDATE uploads SET created_at = created_at - interval '25 hours', expires_at = expires_at - interval '25 hours'
            WHERE id IN ('\(old)', '\(waiting)')
            """)
        #expect(try Retention.apply(in: &db).first { $0.what == "uploads" }?.count == 1)
        #expect(try desk.counts() == [2, 2, 0], "one that a job is to store stays")
        #expect(try desk.send("GET", "\(UploadDesk.path)/\(old)").status == 404)
    }
}
