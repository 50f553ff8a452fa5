import TestSupport
import Testing

@testable import Postgres

@Suite struct ArrayFormTests {
    @Test(arguments: [0, 1, 2, 1_000, 100_000])
    func `long arrays travel both ways as the same bits`(_ count: Int) throws {
        let doubles = (0..<count).map { Double($0) / 3 - 1e5 }
        let moments = (0..<count).map { Int64($0) * 3_600_000_000 - 5_000_000_000_000 }
        var db = try empty.connect()
        let rows = try db.query(
            "SELECT $1::float8[], $2::timestamptz[]", [.array(doubles), .timestamps(microseconds: moments)])
        #expect(try rows.doubleArray(0, 0) == doubles)
        #expect(try rows.microsecondsArray(0, 1) == moments)
    }

    @Test func `the server reads the elements as they were meant, and counts them from 1`() throws {
        var db = try empty.connect()
        let rows = try db.query(
            "SELECT ($1::float8[])[2]::text, array_lower($2::timestamptz[], 1), ($2::timestamptz[])[1]::text, $3::float8[]",
            [
                .array([1, -0.1, .infinity]), .timestamps(microseconds: [1_784_637_296_000_789]),
                .array([.nan, -.infinity, .leastNonzeroMagnitude]),
            ])
        #expect(try rows.string(0, 0) == "-0.1")
        #expect(try rows.int(0, 1) == 1)
        #expect(try rows.string(0, 2) == "2026-07-21 12:34:56.000789+00")
        let odd = try rows.doubleArray(0, 3)
        #expect(odd[0].isNaN && odd[1] == -.infinity && odd[2] == .leastNonzeroMagnitude)
    }

    @Test(arguments: [
        ("a null inside", "'{2020-01-01,NULL}'::timestamptz[]"), ("two dimensions", "'{{2020-01-01}}'::timestamptz[]"),
        ("an infinity", "'{2020-01-01,infinity}'::timestamptz[]"), ("a null", "NULL::timestamptz[]"),
        ("a moment beyond counting", "'{294276-12-31}'::timestamptz[]"), ("other elements", "'{1}'::bigint[]"),
        ("no array", "now()"),
    ])
    func `an array that is not of moments is an error`(_ what: String, _ sql: String) throws {
        var db = try empty.connect()
        let rows = try db.query("SELECT \(sql)")
        #expect(thrown { try rows.microsecondsArray(0, 0) } == .unexpectedResult, "\(what)")
    }

    @Test func `a moment or a day that cannot be counted from 1970 is an error, not the end`() throws {
        var db = try empty.connect()
        let rows = try db.query("SELECT '294276-12-31'::timestamptz, '4713-01-01 BC'::timestamptz")
        #expect(thrown { try rows.microseconds(0, 0) } == .unexpectedResult)
        #expect(try rows.microseconds(0, 1) == -210_863_520_000_000_000)
    }

    /// One element 1.0 as it should be.
    private static let right: [UInt8] =
        [0, 0, 0, 1] + [0, 0, 0, 0] + [0, 0, 2, 189] + [0, 0, 0, 1] + [0, 0, 0, 1] + [0, 0, 0, 8]
        + [0x3F, 0xF0, 0, 0, 0, 0, 0, 0]

    @Test func `headers and lengths that lie are refused, whatever they say`() {
        #expect(Self.doubles(Self.right) == [1])
        for size in 0..<Self.right.count {
            #expect(Self.doubles(Array(Self.right.prefix(size))) == nil, "cut at \(size)")
        }
        #expect(Self.doubles(Self.right + [0]) == nil)
        for (place, what) in [(0, "dimensions"), (8, "type"), (12, "count"), (20, "length")] {
            for lie: [UInt8] in [
                [0, 0, 0, 0], [0, 0, 0, 2], [0, 0, 0, 9], [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0],
                [0xFF, 0xFF, 0xFF, 0xFF],
            ] {
                var wrong = Self.right
                wrong.replaceSubrange(place..<place + 4, with: lie)
                #expect(Self.doubles(wrong) == nil, "\(what) \(lie)")
            }
        }
    }

    /// Both ways of reading an array must agree.
    private static func doubles(_ bytes: [UInt8]) -> [Double]? {
        bytes.withUnsafeBytes { bytes in
            let form = ArrayForm(Field(bytes: bytes))
            let read = form?.doubles
            #expect(form?.elements { $0.double($1) } == read)
            return read
        }
    }
}
