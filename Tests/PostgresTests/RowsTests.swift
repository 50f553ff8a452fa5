import Postgres
import TestSupport
import Testing

@Suite struct RowsTests {
    @Test(arguments: [
        ("1::smallint", 1), ("(-32768)::smallint", -32_768), ("2147483647::integer", 2_147_483_647),
        ("(-2147483648)::integer", -2_147_483_648), ("9223372036854775807::bigint", Int.max),
        ("'-9223372036854775808'::bigint", Int.min), ("4294967295::oid", 4_294_967_295),
    ])
    func `reads integers of every width`(_ sql: String, _ expected: Int) throws {
        var db = try empty.connect()
        #expect(try db.query("SELECT \(sql)").int(0, 0) == expected)
    }

    @Test(arguments: [
        0.1, -0.0, 1e-308, .leastNonzeroMagnitude, 1.7976931348623157e308, 27.440000534057617, .infinity, 3,
    ])
    func `doubles come back as the same bits`(_ value: Double) throws {
        var db = try empty.connect()
        let rows = try db.query("SELECT $1::float8", [.double(value)])
        let back = try rows.double(0, 0)
        #expect(back.bitPattern == value.bitPattern)
    }

    @Test func `NaN comes back as NaN`() throws {
        var db = try empty.connect()
        let rows = try db.query("SELECT $1::float8", [.double(.nan)])
        #expect(try rows.double(0, 0).isNaN)
    }

    @Test(arguments: [
        "0", "1", "-1", "10000", "0.5", "-0.00000001", "100.00", "99999999999999.99", "123456789012345678901234567890",
        "0.000100000", "1.0001", "12345.6789012", "NaN", "Infinity", "-Infinity", "0.00", "1000000000000.00000000",
    ])
    func `numerics come as their exact decimal text`(_ text: String) throws {
        var db = try empty.connect()
        let rows = try db.query("SELECT $1::numeric, $1::numeric::text", [.text(text)])
        let read = try rows.string(0, 0)
        #expect(read == text)
        #expect(try rows.string(0, 1) == read)
    }

    @Test(
        arguments: [
            ("1970-01-01", 0), ("1969-12-31", -1), ("2000-01-01", 10_957), ("2024-02-29", 19_782),
            ("9999-12-31", 2_932_896),
            ("0001-01-01", -719_162),
        ] as [(String, Int32)])
    func `days count from 1970 both ways`(_ text: String, _ days: Int32) throws {
        var db = try empty.connect()
        let rows = try db.query("SELECT $1::date, $2::date::text", [.text(text), .day(days)])
        #expect(try rows.day(0, 0) == days)
        #expect(try rows.string(0, 1) == text)
    }

    @Test(
        arguments: [
            ("1970-01-01 00:00:00+00", 0), ("1969-12-31 23:59:59.999999+00", -1),
            ("2000-01-01 00:00:00+00", 946_684_800_000_000), ("2026-07-21 12:34:56.000789+00", 1_784_637_296_000_789),
        ] as [(String, Int64)])
    func `moments count in Unix microseconds both ways`(_ text: String, _ moment: Int64) throws {
        var db = try empty.connect()
        let rows = try db.query(
            "SELECT $1::timestamptz, $2::timestamptz = $1::timestamptz",
            [.text(text), .timestamp(microseconds: moment)])
        #expect(try rows.microseconds(0, 0) == moment)
        #expect(try rows.bool(0, 1) == true)
    }

    @Test func `text travels unharmed, whatever it says`() throws {
        let text = "'; DROP TABLE users; -- \\ \"quoted\" é 日本 \u{1F4C8}\n\t"
        var db = try empty.connect()
        let rows = try db.query(
            "SELECT $1::text, $1::varchar, to_json($1::text), jsonb_build_object('a', $1::text)->>'a'", [.text(text)])
        #expect(try rows.string(0, 0) == text)
        #expect(try rows.string(0, 1) == text)
        #expect(try rows.bytes(0, 0) == Array(text.utf8))
        #expect(try rows.string(0, 3) == text)
    }

    @Test func `bytes, booleans, uuids and json travel both ways`() throws {
        let all = (0...255).map { UInt8($0) }
        let uuid = "0f8fad5b-d9cb-469f-a165-70867728950e"
        var db = try empty.connect()
        let rows = try db.query(
            "SELECT $1::bytea, $2::bytea, $3::boolean, $4::uuid, $5::jsonb, $5::json",
            [.bytes(all), .bytes([]), true, .text(uuid.uppercased()), "{\"a\": [1, 2]}"])
        #expect(try rows.bytes(0, 0) == all)
        #expect(try rows.bytes(0, 1) == [])
        #expect(try rows.bool(0, 2) == true)
        #expect(try rows.string(0, 3) == uuid)
        #expect(try rows.string(0, 4) == "{\"a\": [1, 2]}")
        #expect(try rows.bytes(0, 4) == Array("{\"a\": [1, 2]}".utf8))
        #expect(try rows.string(0, 5) == "{\"a\": [1, 2]}")
    }

    @Test func `arrays travel both ways`() throws {
        let words = ["read", "", "a,b", "with \"quotes\" and \\", "NULL", "{}"]
        var db = try empty.connect()
        let rows = try db.query(
            "SELECT $1::text[], $2::float8[], $3::bigint[], '{}'::text[]",
            [.array(words), .array([0.1, -1e300, 3]), .array([1, -2, 3])])
        #expect(try rows.strings(0, 0) == words)
        #expect(try rows.doubleArray(0, 1) == [0.1, -1e300, 3])
        #expect(try rows.ints(0, 2) == [1, -2, 3])
        #expect(try rows.strings(0, 3) == [])
    }

    @Test func `a null is nil for who asks, an error for who does not`() throws {
        var db = try empty.connect()
        let rows = try db.query(
            "SELECT $1::int, $2::float8, $3::bool, $4::text, $5::bytea, $6::timestamptz, $7::date",
            [nil, nil, nil, nil, nil, nil, nil])
        #expect(rows.isNull(0, 0) == true)
        #expect(try rows.value(0, 0) as Int? == nil)
        #expect(try rows.value(0, 1) as Double? == nil)
        #expect(try rows.value(0, 2) as Bool? == nil)
        #expect(try rows.value(0, 3) as String? == nil)
        #expect(try rows.value(0, 4) as [UInt8]? == nil)
        let code = thrown { _ = try rows.int(0, 0) }
        #expect(code == .unexpectedResult)
    }

    @Test func `another type, an infinity or a nested array is an error`() throws {
        var db = try empty.connect()
        let rows = try db.query(
            "SELECT 1.5::numeric, 'infinity'::date, '-infinity'::timestamptz, '{{1},{2}}'::bigint[], '{1,NULL}'::bigint[]"
        )
        let codes = [
            thrown { _ = try rows.double(0, 0) }, thrown { _ = try rows.day(0, 1) },
            thrown { _ = try rows.microseconds(0, 2) }, thrown { _ = try rows.ints(0, 3) },
            thrown { _ = try rows.ints(0, 4) }, thrown { _ = try rows.doubles(0) },
        ]
        #expect(codes == Array(repeating: .unexpectedResult, count: 6))
    }

    @Test func `whole columns come at once, and a null among them is an error`() throws {
        var db = try empty.connect()
        let rows = try db.query(
            """
            SELECT i / 4.0::float8, i, '1970-01-01'::date + i::int, to_timestamp(i), nullif(i, 3)::float8
            FROM generate_series(1::bigint, 5) AS i
            """)
        #expect(rows.count == 5)
        #expect(try rows.doubles(0) == [0.25, 0.5, 0.75, 1, 1.25])
        #expect(try rows.dayColumn(2) == [1, 2, 3, 4, 5])
        #expect(try rows.microsecondsColumn(3) == [1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000])
        let code = thrown { _ = try rows.doubles(4) }
        #expect(code == .unexpectedResult)
    }
}
