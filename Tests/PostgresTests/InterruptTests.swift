import Postgres
import TestSupport
import Testing

@Suite struct InterruptTests {
    @Test func `a statement ends when it is wished, the session goes on, and what follows is not hit`() throws {
        var db = try empty.connect()
        var looks = 0
        db.interrupt = Interrupt {
            looks += 1
            return looks >= 3
        }
        #expect(refusal(of: "SELECT pg_sleep(60)", in: &db) == .queryCancelled)
        #expect(looks == 3 && db.isUsable)
        #expect(refusal(of: "SELECT pg_sleep(0.1)", in: &db) == nil)
        #expect(looks == 3)
    }

    @Test func `a long statement that nobody wishes to end goes on to its own`() throws {
        var db = try empty.connect()
        db.interrupt = Interrupt { false }
        #expect(refusal(of: "SELECT pg_sleep(0.1)", in: &db) == nil)
        db.interrupt = nil
        #expect(refusal(of: "SELECT pg_sleep(0.1)", in: &db) == nil)
    }

    @Test func `a transaction whose statement was interrupted is rolled back`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint)")
        db.interrupt = Interrupt { true }
        let code = thrown {
            try db.transaction { db in
                try db.execute("INSERT INTO t VALUES (1)")
                try db.execute("SELECT pg_sleep(60)")
            }
        }
        #expect(code == .queryCancelled && !db.isInTransaction)
        #expect(try db.query("SELECT count(*) FROM t").int(0, 0) == 0)
    }

    @Test func `the end of a COPY that the server is still at is interrupted too`() throws {
        var db = try empty.connect()
        try db.script(
            """
            CREATE TEMP TABLE t (a integer);
            CREATE FUNCTION pg_temp.dawdle() RETURNS trigger LANGUAGE plpgsql AS
              'BEGIN PERFORM pg_sleep(60); RETURN NULL; END';
            CREATE TRIGGER slow AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.dawdle()
            """)
        db.interrupt = Interrupt { true }
        let code = thrown {
            try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { copy in
                try copy.row(columns: 1)
                copy.int32(1)
            }
        }
        #expect(code == .queryCancelled && db.isUsable)
    }
}
