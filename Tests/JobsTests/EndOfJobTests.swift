import Postgres
import TestSupport
import Testing

@testable import Jobs

/// Whether the end of a job waits for the disk, as its kind says.
@Suite struct EndOfJobTests {
    private struct Told: JobKind {
        static let name = "told"
        let timeoutMilliseconds = 10_000

        func run(_ payload: NoPayload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
            .completed(Array("{}".utf8))
        }
    }

    private struct Untold: JobKind {
        static let name = "untold"
        static let waitsForDisk = false
        let timeoutMilliseconds = 10_000

        func run(_ payload: NoPayload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
            .completed(nil)
        }
    }

    @Test func `an end that nobody is told of does not wait for the disk, any other does`() throws {
        let database = try TestDatabase()
        var db = try database.connect()
        try db.script(
            """
            CREATE TABLE ends (number int GENERATED ALWAYS AS IDENTITY, kind text, waits text);
            CREATE FUNCTION note_end() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO ends (kind, waits) VALUES (NEW.job_type, current_setting('synchronous_commit'));
                RETURN NULL;
            END $$;
            CREATE TRIGGER note_end AFTER UPDATE ON jobs FOR EACH ROW WHEN (NEW.status = 'completed')
                EXECUTE FUNCTION note_end()
            """)
        for _ in 1...2 {
            try Untold.enqueue(in: &db)
            #expect(try Untold().runNext(as: "test", in: &db) { _ in })
            try Told.enqueue(in: &db)
            #expect(try Told().runNext(as: "test", in: &db) { _ in })
        }
        let ends = try db.run(Query<[String]>.values("SELECT kind || ' ' || waits FROM ends ORDER BY number"))
        #expect(ends == ["untold off", "told on", "untold off", "told on"])
    }
}
