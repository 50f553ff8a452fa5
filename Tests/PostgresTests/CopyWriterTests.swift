import Postgres
import TestSupport
import Testing

@Suite struct CopyWriterTests {
    private static let table = """
        CREATE TEMP TABLE t (a smallint, b integer, c bigint, d float8, e text, f uuid, g timestamptz, h date, i boolean,
            j bytea, k numeric(18,2))
        """

    @Test func `every type arrives as it was written`() throws {
        var db = try empty.connect()
        try db.script(Self.table)
        let count = try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
            try writer.row(columns: 11)
            writer.int16(-7)
            writer.int32(70_000)
            writer.int64(.max)
            writer.double(0.1)
            writer.text("tab\t, newline\n, é")
            try writer.uuid("0f8fad5b-d9cb-469f-a165-70867728950e")
            writer.microseconds(1_784_637_296_000_789)
            writer.day(19_782)
            writer.bool(true)
            writer.bytes([0, 255])
            try writer.numeric("-12345.60")
            try writer.row(columns: 11)
            for _ in 0..<11 { writer.null() }
        }
        #expect(count == 2)
        let rows = try db.query("SELECT * FROM t ORDER BY a")
        #expect(try rows.int(0, 0) == -7)
        #expect(try rows.int(0, 1) == 70_000)
        #expect(try rows.int(0, 2) == .max)
        #expect(try rows.double(0, 3) == 0.1)
        #expect(try rows.string(0, 4) == "tab\t, newline\n, é")
        #expect(try rows.string(0, 5) == "0f8fad5b-d9cb-469f-a165-70867728950e")
        #expect(try rows.microseconds(0, 6) == 1_784_637_296_000_789)
        #expect(try rows.day(0, 7) == 19_782)
        #expect(try rows.bool(0, 8) == true)
        #expect(try rows.bytes(0, 9) == [0, 255])
        #expect(try rows.string(0, 10) == "-12345.60")
        #expect((0..<11).map { rows.isNull(1, $0) } == Array(repeating: true, count: 11))
    }

    @Test(arguments: [
        "0", "-0", "0.00", "1", "-1.5", "10000", "99999999.99999999", "0.0001", "0.00001",
        "123456789012345678.123456789",
        "100000000", "000012.50",
    ])
    func `numerics are written exactly`(_ text: String) throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a numeric)")
        try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
            try writer.row(columns: 1)
            try writer.numeric(text)
        }
        let rows = try db.query("SELECT a = $1::numeric AND scale(a) = scale($1::numeric) FROM t", [.text(text)])
        #expect(try rows.bool(0, 0) == true)
    }

    @Test func `more rows than fit into any buffer arrive`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint, b text)")
        let count = try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
            for number in 0..<200_000 {
                try writer.row(columns: 2)
                writer.int64(Int64(number))
                writer.text("some words of filling")
            }
        }
        #expect(count == 200_000)
        #expect(try db.query("SELECT sum(a)::bigint FROM t").int(0, 0) == 19_999_900_000)
    }

    @Test(arguments: ["", "-", "1.", ".5", "1e5", "1,5", "NaN", "+1", "1.2.3", " 1"])
    func `what is not a decimal number is refused and nothing is stored`(_ text: String) throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a numeric)")
        let code = thrown {
            try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                try writer.row(columns: 1)
                try writer.numeric("1")
                try writer.row(columns: 1)
                try writer.numeric(text)
            }
        }
        #expect(code == .invalidParameter)
        #expect(db.isUsable == true)
        #expect(try db.query("SELECT count(*) FROM t").int(0, 0) == 0)
    }

    @Test func `a body that throws stores nothing, and its error comes through`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint)")
        #expect(throws: TransactionTests.Stop.self) {
            try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                for number in 0..<20_000 {
                    try writer.row(columns: 1)
                    writer.int64(Int64(number))
                }
                throw TransactionTests.Stop()
            }
        }
        #expect(db.isUsable == true)
        #expect(try db.query("SELECT count(*) FROM t").int(0, 0) == 0)
    }

    @Test func `a row that a constraint forbids refuses all rows`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint CONSTRAINT small CHECK (a < 100))")
        let code = thrown {
            try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                for number in 0..<50_000 {
                    try writer.row(columns: 1)
                    writer.int64(Int64(number))
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
