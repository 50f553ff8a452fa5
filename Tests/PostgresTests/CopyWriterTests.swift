import Postgres
import TestSupport
import Testing

@Suite struct CopyWriterTests {
    @Test func `every type arrives as it was written`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a integer, b float8, c text, d timestamptz, e date)")
        let count = try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
            try writer.row(columns: 5)
            writer.int32(70_000)
            writer.double(0.1)
            writer.text("tab\t, newline\n, é")
            writer.microseconds(1_784_637_296_000_789)
            writer.day(19_782)
        }
        #expect(count == 1)
        let rows = try db.query("SELECT * FROM t")
        #expect(try rows.int(0, 0) == 70_000)
        #expect(try rows.double(0, 1) == 0.1)
        #expect(try rows.string(0, 2) == "tab\t, newline\n, é")
        #expect(try rows.microseconds(0, 3) == 1_784_637_296_000_789)
        #expect(try rows.day(0, 4) == 19_782)
    }

    @Test func `more rows than fit into any buffer arrive`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a integer, b text)")
        let count = try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
            for number in 0..<200_000 {
                try writer.row(columns: 2)
                writer.int32(Int32(number))
                writer.text("some words of filling")
            }
        }
        #expect(count == 200_000)
        #expect(try db.query("SELECT sum(a)::bigint FROM t").int(0, 0) == 19_999_900_000)
    }

    @Test func `a body that throws stores nothing, and its error comes through`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a integer)")
        #expect(throws: TransactionTests.Stop.self) {
            try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                for number in 0..<20_000 {
                    try writer.row(columns: 1)
                    writer.int32(Int32(number))
                }
                throw TransactionTests.Stop()
            }
        }
        #expect(db.isUsable == true)
        #expect(try db.query("SELECT count(*) FROM t").int(0, 0) == 0)
    }

    @Test func `a row that a constraint forbids refuses all rows`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a integer CONSTRAINT small CHECK (a < 100))")
        let code = thrown {
            try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                for number in 0..<50_000 {
                    try writer.row(columns: 1)
                    writer.int32(Int32(number))
                }
            }
        }
        #expect(code == .checkViolation(constraint: "small"))
        #expect(try db.query("SELECT count(*) FROM t").int(0, 0) == 0)
    }

    @Test(arguments: [
        ("COPY nowhere FROM STDIN (FORMAT binary)", PostgresError.Code.other(sqlState: "42P01")),
        ("SELECT 1", .unexpectedResult),
    ])
    func `a wrong statement is refused before the body runs`(_ sql: String, _ expected: PostgresError.Code) throws {
        var db = try empty.connect()
        let code = thrown { try db.copyIn(sql) { _ in Issue.record("the body ran") } }
        #expect(code == expected)
        #expect(try db.query("SELECT 1").int(0, 0) == 1)
    }

    @Test func `COPY outside copyIn costs the session and says so`() throws {
        for sql in ["COPY pg_class TO STDOUT", "COPY pg_temp.t FROM STDIN"] {
            var db = try empty.connect()
            try db.script("CREATE TEMP TABLE t (a int)")
            let code = thrown { try db.script(sql) }
            #expect(code == .unexpectedResult)
            #expect(db.isUsable == false)
        }
    }
}
