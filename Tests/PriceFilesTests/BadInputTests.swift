import BytesInMemory
import Market
import Testing

@testable import PriceFiles

@Suite struct BadInputTests {
    static let now = Instant("2024-03-15T12:34:56Z")!.microseconds
    static let header = "timestamp,open,high,low,close,volume"

    static func file(_ text: String, _ set: (inout ReadingOptions) -> Void = { _ in }) throws -> PriceFile {
        var options = ReadingOptions()
        options.now = now
        set(&options)
        return try PriceFile(BytesInMemory(Array(text.utf8)), name: "f.csv", options: options)
    }

    @Test(arguments: [
        ("2024-03-08,10,11,9,10", "6 columns are needed, this line has 5"),
        ("2024-3-32,10,11,9,10,1", "timestamp \"2024-3-32\" is a day that does not exist"),
        ("2023-02-29,10,11,9,10,1", "timestamp \"2023-02-29\" is a day that does not exist"),
        ("11:34,10,11,9,10,1", "timestamp \"11:34\" is a time without a date"),
        ("soon,10,11,9,10,1", "timestamp \"soon\" is no date or time"),
        ("03/08/2024,10,11,9,10,1", "timestamp \"03/08/2024\" is written otherwise than the times before it"),
        ("2024-03-08 25:00,10,11,9,10,1", "timestamp \"2024-03-08 25:00\" is no date or time"),
        ("2024-03-08,ten,11,9,10,1", "open \"ten\" is not a number"),
        ("2024-03-08,10,,9,10,1", "high \"\" is not a number"),
        ("2024-03-08,10,11,NaN,10,1", "low \"NaN\" is not a number"),
        ("2024-03-08,10,inf,9,10,1", "high \"inf\" is not a number"),
        ("2024-03-08,10,11,9,0x10,1", "close \"0x10\" is not a number"),
        ("2024-03-08,1.,11,9,10,1", "open \"1.\" is not a number"),
        ("2024-03-08,\"1,00\",11,9,10,1", "open \"1,00\" is not a number"),
        ("2024-03-08,10,11,9,10,many", "volume \"many\" is not a number"),
        ("2024-03-08,10,1e309,9,10,1", "high is not a finite number"),
        ("2024-03-08,10,1e999999999999,9,10,1", "high is not a finite number"),
        ("2024-03-08,10,11,0,10,1", "low must be above zero"),
        ("2024-03-08,-10,11,9,10,1", "open must be above zero"),
        ("2024-03-08,10,11,9,1e-999,1", "close must be above zero"),
        ("2024-03-08,10,11,9,10,-1", "volume is negative"),
        ("2024-03-08,10,11,9,10,1e400", "volume is not a finite number"),
        ("2024-03-08,10,11,10.5,10,1", "low is above open or close"),
        ("2024-03-08,10,9.5,9,10,1", "high is below open or close"),
        ("2024-03-15,10,11,9,10,1", "the bar ends after now, 2024-03-15T12:34:56Z"),
        ("9999-12-31,10,11,9,10,1", "the bar ends after now, 2024-03-15T12:34:56Z"),
        ("2024-03-08,10,11,9,\u{1}é,1", "close \"???\" is not a number"),
    ])
    func `a line that is no bar is refused by number and reason, and the next one is read`(
        _ line: String, _ reason: String
    ) throws {
        // The mark before fractions is known from the other lines.
        let text = [Self.header, "2024-03-07,10.25,11,9,10,1", line, "2024-03-14,10,11,9,10,1"].joined(separator: "\n")
        let (bars, report) = try Self.file(text) { $0.decimalMark = .point }.bars()
        #expect(report.refused.map(\.description) == ["f.csv:3: \(reason)"])
        #expect(bars.count == 2)
        #expect(report.rows == 3)
    }

    @Test(arguments: [
        (
            "2024-03-09T05:30:00Z",
            "the time is not the start of an hour; if the times are local ones, say --zone; if they are of a share, --asset-type EQUITY"
        ),
        ("2024-03-15T12:00:00Z", "the bar ends after now, 2024-03-15T12:34:56Z"),
        ("0000-12-31T23:00:00Z", "timestamp \"0000-12-31T23:00:00Z\" is a day that does not exist"),
    ])
    func `an hour is refused`(_ time: String, _ reason: String) throws {
        let lines = (1...3).map { "2024-03-08T0\($0):00:00Z,10,11,9,10,1" } + ["\(time),10,11,9,10,1"]
        let report = try Self.file(([Self.header] + lines).joined(separator: "\n")).bars().report
        #expect(report.refused.map(\.description) == ["f.csv:5: \(reason)"])
    }

    @Test(arguments: [
        ("", "f.csv: the file is empty"),
        ("\n\n# nothing\n", "f.csv: the file is empty"),
        (
            "Exceeded the daily hits limit",
            "f.csv: no line says what the columns are, and none is a time with four prices; the first is \"Exceeded the daily hits limit\""
        ),
        ("<!DOCTYPE html>\n<html>", "f.csv:1: this is a page of the web (HTML) and no prices"),
        (
            "timestamp,open,high,low,volume\n2024-03-08,1,1,1,1",
            "f.csv:1: the header has no column for close: timestamp, open, high, low, volume"
        ),
        (
            "name,open,high,low,close\nA,1,1,1,1",
            "f.csv:1: the header has no column for the time: name, open, high, low, close"
        ),
        (
            "a,b,c,d,e\nf,g,h,i,j",
            "f.csv: no line says what the columns are, and none is a time with four prices; the first is \"a,b,c,d,e\""
        ),
        (
            "time:open:high:low:close\n2024-03-08T05:00:00Z:1:1:1:1\n",
            "f.csv:2: no line has a time and four prices that can be read: timestamp \"2024-03-08T05\" is no date or time"
        ),
        ("timestamp,open,high,low,close\n", "f.csv: no line has a time and four prices that can be read"),
        (
            "timestamp;open;high;low;close\n2024-03-08;1,234;1,234;1,234;1,234\n",
            "f.csv:2: whether a comma separates thousands or a fraction cannot be known from this file: say --decimal-mark point or comma"
        ),
        (
            "Datum;Open;High;Low;Close;Volume\n2024-03-08;1.234;58.123;1.234;1.234;12\n",
            "f.csv:2: whether a point separates thousands or a fraction cannot be known from this file: say --decimal-mark point or comma"
        ),
        (
            "Datum,Open,High,Low,Close\n8.3.2024,1.234,58.123,1.234,1.234\n",
            "f.csv:2: whether a point separates thousands or a fraction cannot be known from this file: say --decimal-mark point or comma"
        ),
        (
            "date,open,high,low,close\n13/01/2024,1.234,58.123,1.234,1.234\n",
            "f.csv:2: whether a point separates thousands or a fraction cannot be known from this file: say --decimal-mark point or comma"
        ),
        (
            "date,open,high,low,close\n36528,1,1,1,1\n36529,1,1,1,1\n36532,1,1,1,1\n",
            "f.csv:2: the times are numbers from 36528 to 36532, which as seconds since 1970 are all of that year: days as a spreadsheet counts them and numbers of rows are no times, so write dates"
        ),
        (
            ",open,high,low,close\n0,1,1,1,1\n1,1,1,1,1\n",
            "f.csv:2: the times are numbers from 0 to 1, which as seconds since 1970 are all of that year: days as a spreadsheet counts them and numbers of rows are no times, so write dates"
        ),
        (
            "date,open,high,low,close\n2024-03-07 00:00:00 EST,1,1,1,1\n2024-03-08 00:00:00 EST,1,1,1,1\n",
            "f.csv:2: no line has a time and four prices that can be read: timestamp \"2024-03-07 00:00:00 EST\" ends in a zone's name that is not known here: leave \"EST\" out and say --zone"
        ),
        (
            "date,open,high,low,close\n2024-03-07T00:00:00+01:00[Europe/Berlin],1,1,1,1\n",
            "f.csv:2: no line has a time and four prices that can be read: timestamp \"2024-03-07T00:00:00+01:00[Europe/Berlin]\" ends in a zone's name that is not known here: leave \"[Europe/Berlin]\" out"
        ),
        (
            "date,time,open,high,low,close\n2024-03-07,24:00:00,1,1,1,1\n",
            "f.csv:2: no line has a time and four prices that can be read: timestamp \"2024-03-07 24:00:00\" is of an hour 24: the end of a day is 00:00 of the next one"
        ),
        (
            "date,open,high,low,close\n1.57e9,1,1,1,1\n",
            "f.csv:2: no line has a time and four prices that can be read: timestamp \"1.57e9\" is a number with a fraction or an exponent: a count since 1970 has all of its digits and no others"
        ),
        (
            "date,open,high,low,close\n2024-03-07,1,1,1\n",
            "f.csv:2: no line has a time and four prices that can be read: 5 columns are needed, this line has 4"
        ),
        (
            "date,open,high,low,close\n2024-03-07,,,,\n",
            "f.csv:2: no line has a time and four prices that can be read: the prices are empty"
        ),
        (
            "timestamp;open;high;low;close\n2024-03-07;1,25;1,25;1,25;1,25\n2024-03-08;1.25;1.25;1.25;1.25\n",
            "f.csv:3: numbers here have a point before their fraction, and a comma in line 2"
        ),
        (
            "date,open,high,low,close\n01/05/2015,1,1,1,1\n",
            "f.csv:2: whether \"01/05/2015\" is day/month or month/day cannot be known from this file: say --date-order day-first or month-first"
        ),
        (
            "date,ticker,open,high,low,close\n2024-03-08,A,1,1,1,1\n2024-03-08,B,1,1,1,1\n",
            "f.csv: the file has bars of several symbols: say --ticker A, or another of A, B"
        ),
        (
            "date,open,high,low,close\n2024-01-07,1,1,1,1\n2024-01-14,1,1,1,1\n2024-01-21,1,1,1,1\n2024-01-28,1,1,1,1\n",
            "f.csv: bars are 7 days apart: days are needed, or what is shorter (--timeframe 1d takes them for days)"
        ),
        ("[[1709528400,1,1,1,1,1],[1709532000,1,1", "f.csv: the document ends within a value: it is cut off"),
        (
            "{\"error\":[\"EQuery:Unknown asset pair\"]}",
            "f.csv: no line says what the columns are, and none is a time with four prices; the first is \"EQuery:Unknown asset pair\""
        ),
        ("[[1709528400,1,1,1,1,1}]", "f.csv:1: a bracket is closed that was not opened"),
    ])
    func `a file that is something else, or could mean two things, is refused as a whole`(
        _ text: String, _ message: String
    ) {
        let refusal = #expect(throws: PriceFileRefusal.self) { _ = try Self.file(text).bars() }
        #expect(refusal?.description == message)
    }

    @Test(arguments: [
        (
            "unknown symbol", "date,ticker,open,high,low,close\n2024-03-08,A,1,1,1,1\n", "B",
            "f.csv: the file has no bars of B, but of A"
        ),
        (
            "no symbol", "date,open,high,low,close\n2024-03-08,1,1,1,1\n", "B",
            "f.csv: the file does not say which symbol its bars are of: leave --ticker B out"
        ),
        (
            "another column's", "date,A.open,A.high,A.low,A.close\n2024-03-08,1,1,1,1\n", "B",
            "f.csv: the file has no bars of B, but of A"
        ),
    ])
    func `a symbol that is not there is refused`(_ name: String, _ text: String, _ ticker: String, _ message: String) {
        let refusal = #expect(throws: PriceFileRefusal.self, "\(name)") {
            _ = try Self.file(text) { $0.ticker = ticker }
        }
        #expect(refusal?.description == message)
    }

    @Test(arguments: [
        (
            "point before the fraction elsewhere", "Datum;Open;High;Low;Close\n2024-03-08;1.234;58.5;1.234;1.234\n",
            nil, 1.234
        ),
        ("said", "Datum;Open;High;Low;Close\n2024-03-08;1.234;58.123;1.234;1.234\n", DecimalMark.comma, 1234),
        ("commas between cells", "date,open,high,low,close\n2024-03-08,1.234,58.123,1.234,1.234\n", nil, 1.234),
        ("seconds of 1970", "date,open,high,low,close\n86400,1.25,2,1,1.5\n172800,1.25,2,1,1.5\n", nil, 1.5),
        ("before it and in it", "date,open,high,low,close\n-86401,1.25,2,1,1.5\n1,1.25,2,1,1.5\n", nil, 1.5),
    ])
    func `what is not ambiguous is not asked`(_ what: String, _ text: String, _ mark: DecimalMark?, _ close: Double)
        throws
    {
        let (bars, report) = try Self.file(text) { $0.decimalMark = mark }.bars()
        #expect(report.refused == [] && bars.close.first == close, "\(what)")
    }

    @Test func `kinds that are not kept are refused`() {
        let days = Self.header + "\n2024-03-07,1,1,1,1,1\n2024-03-08,1,1,1,1,1"
        #expect(throws: PriceFileRefusal(file: "f.csv", reason: "EQUITY has no bars of 1h", asks: .timeframe)) {
            _ = try Self.file(days) { ($0.assetType, $0.timeframe) = (.equity, .hour) }
        }
        #expect(
            throws: PriceFileRefusal(
                file: "f.csv", reason: "the file has bars of 1 day, of which none of 1h can be made", asks: .timeframe)
        ) {
            _ = try Self.file(days) { ($0.assetType, $0.timeframe) = (.crypto, .hour) }
        }
    }

    // MARK: Order

    private static func days(_ days: [Int]) -> String {
        ([header] + days.map { "2024-01-\($0 < 10 ? "0" : "")\($0),1,1,1,1,\($0)" }).joined(separator: "\n")
    }

    @Test(arguments: [
        ([1, 2, 9, 3, 4, 5, 6, 7, 8, 10], [4]), ([1, 2, 3, 4, 5, 6, 7, 8, 9, 1], [11]),
        ([9, 1, 2, 3, 4, 5, 6, 7, 8], [2]),
        ([10, 9, 8, 2, 7, 6, 5, 4, 3], [5]),
        // Not a mistake in a row: sorted.
        ([6, 7, 8, 9, 10, 1, 2, 3, 4, 5], []), ([3, 1, 4, 10, 5, 9, 2, 6], []), ([1, 3, 2], []), ([2, 1], []),
    ])
    func `a row that stands alone where it does not belong is refused itself`(_ days: [Int], _ lines: [Int]) throws {
        let (bars, report) = try Self.file(Self.days(days)).bars()
        #expect(report.refused.map(\.line) == lines)
        #expect(bars.count == days.count - lines.count)
        #expect(bars.firstError(timeframe: .day) == nil)
    }

    @Test func `rows of one time are one bar when they say the same, and none when they do not`() throws {
        let text = [
            Self.header, "2024-03-05,1,1,1,1,0", "2024-03-05,1,1,1,1,0", "2024-03-06,1,1,1,1,0", "2024-03-06,1,1,1,1,5",
            "2024-03-06,1,1,1,1,0", "2024-03-07,1,1,1,1,0",
        ].joined(separator: "\n")
        let (bars, report) = try Self.file(text).bars()
        #expect(bars.count == 2)
        #expect(report.skippedCounts == [.repeated: 1])
        #expect(report.refused.map(\.line) == [4, 5, 6])
        #expect(
            report.refused[0].reason
                == "the time is the same as in line 5, with other values: which of them is right cannot be known")
    }

    // MARK: Numbers

    @Test(arguments: [
        ("27.440000534057617", 27.44), ("100.0999984741211", 100.1), ("0.009999999776482582", 0.01),
        ("19.779285430908203", 19.779285), ("27.439999999999998", 27.44), ("0.30000000000000004", 0.3),
        ("1234.5600000000002", 1234.56), ("0.610000014305115", 0.61),
        // Taken as they are: not long enough, or more digits than noise leaves behind.
        ("27.44", 27.44), ("27.5", 27.5), ("1234567.875", 1234567.875), ("19.77928571428571", 19.77928571428571),
        ("27.440000000000", 27.44), ("0.123456789012", 0.123456789012), ("1900000.25000000", 1900000.25),
        ("134217744.00000000", 134217744), ("16777217.00000000", 16777217), ("0.00001234", 0.00001234),
        // All digits meant, and yet within 1e-12 of ten of them: one such price in a hundred is.
        ("99.49665024002081", 99.49665024002081),
    ])
    func `float noise is rounded to what the vendor meant`(_ written: String, _ meant: Double) throws {
        let (bars, report) = try Self.file("\(Self.header)\n2024-03-08,\(written),\(written),\(written),\(written),1")
            .bars()
        #expect(bars.close == [meant])
        #expect((report.noise != nil) == (Double(written) != meant))
    }

    @Test func `noise is taken off a row at a time, and told`() throws {
        let text = [
            Self.header, "2024-03-06,10,11,9,10,1",
            "2024-03-07,27.440000534057617,27.5,27.25,27.420000076293945,1.2000000476837158",
            // A product of what was explained: no more places than that, and still between low and high.
            "2024-03-08,15.340097357399621,15.437648773193361,15.283190555876176,15.43764877319336,1",
        ].joined(separator: "\n")
        let (bars, report) = try Self.file(text).bars()
        #expect(report.refused == [])
        #expect(report.noise?.count == 6 && report.noise?.decimals == 6)
        #expect(report.noise?.line == 3 && report.noise?.from == 27.440000534057617 && report.noise?.to == 27.44)
        #expect(bars.volume[1] == 1.2000000476837158)
        #expect(
            [bars.open[2], bars.high[2], bars.low[2], bars.close[2]] == [15.340097, 15.437649, 15.283191, 15.437649])
        #expect(TickScale.find(in: bars)?.exponent == 6)
    }

    @Test func `in a noisy file noise may end early, and a decimal price may be long`() throws {
        let text = [
            Self.header, "2024-03-07,27.440000534057617,27.5,19.80078125,27.420000076293945,1",
            "2024-03-08,12345.6789,12345.6789,12345.6789,12345.6789,1",
        ].joined(separator: "\n")
        let bars = try Self.file(text).bars().bars
        #expect(bars.low == [19.800781, 12345.6789] && bars.open == [27.44, 12345.6789])
    }

    @Test func `sums of volumes have the decimals of volumes`() throws {
        let lines = (0..<8).map {
            "2024-03-07T0\($0 / 2):\($0 % 2 * 3)0:00Z,1,1,1,1,\($0 == 3 ? "0.30000000000000004" : "0.1")"
        }
        let (bars, report) = try Self.file(([Self.header] + lines).joined(separator: "\n")).bars()
        #expect(bars.volume == [0.2, 0.4, 0.2, 0.2])
        #expect(report.partial == 0 && !report.droppedUnfinished)
    }

    @Test func `one long price that looks like noise among many that do not is left alone`() throws {
        let prices = (1...40).map { Double($0) * 1.234567 / 7 } + [27.439999999999998]
        let lines = prices.enumerated().map { "\(CalendarDay(daysSinceEpoch: 19_000 + $0)!),\($1),\($1),\($1),\($1),1" }
        let (bars, report) = try Self.file(([Self.header] + lines).joined(separator: "\n")).bars()
        #expect(bars.close == prices)
        #expect(report.noise == nil)
    }

    @Test(arguments: [
        ("1,234.5", DecimalMark.point, "1234.5"), ("1.234,5", .comma, "1234.5"), ("1 234,5", .comma, "1234.5"),
        ("1'234.5", .point, "1234.5"), ("1\u{A0}234\u{202F}567,5", .comma, "1234567.5"), ("$5", .point, "5"),
        ("+5", .point, "5"), ("-0.5", .point, "-0.5"), (".5", .point, "0.5"), ("5e-3", .point, "0.005"),
        ("12345678901234567890", .point, "12345678901234567890"), ("0.1", .point, "0.1"),
        ("123456789.123456789", .point, "123456789.123456789"), ("9007199254740993", .point, "9007199254740993"),
        ("1e22", .point, "1e22"), ("1.7976931348623157e308", .point, "1.7976931348623157e308"),
        ("4.9e-324", .point, "4.9e-324"),
    ])
    func `numbers are read to the nearest double`(_ text: String, _ mark: DecimalMark, _ plain: String) throws {
        let bytes = Array(text.utf8)
        let number = try #require(NumberText(bytes, bytes.indices, mark))
        #expect(number.value == Double(plain))
    }

    @Test(arguments: [
        "1,23", "12,34,567", ",5", "1,", "1234,567", "", "-", "e5", "1e", "1 2", "1..2", "--1", "1-", "5K",
    ])
    func `what is no number is none`(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(NumberText(bytes, bytes.indices, .point) == nil)
    }

    @Test(
        arguments: [
            ("2024-03-08", "2024-03-08T00:00:00Z"), ("2024-03-08T05:06:07Z", "2024-03-08T05:06:07Z"),
            ("2024-03-08 05:06:07.123456789 UTC", "2024-03-08T05:06:07Z"),
            ("2024-03-08T05:06+01:00", "2024-03-08T04:06:00Z"),
            ("2024-03-08 05:06:07-0530", "2024-03-08T10:36:07Z"), ("2019-10-17 09-AM", "2019-10-17T09:00:00Z"),
            ("2019-10-17 12-AM", "2019-10-17T00:00:00Z"), ("2019-10-17 12-PM", "2019-10-17T12:00:00Z"),
            ("2019/10/17 1:05 pm", "2019-10-17T13:05:00Z"), ("8.3.2024", "2024-03-08T00:00:00Z"),
            ("08.03.24 05:06", "2024-03-08T05:06:00Z"),
            ("20240308", "2024-03-08T00:00:00Z"), ("20240308 0506", "2024-03-08T05:06:00Z"),
            ("20240308050607", "2024-03-08T05:06:07Z"),
            ("Mar 8, 2024", "2024-03-08T00:00:00Z"), ("Fri Mar 08 2024 05:06:07 GMT+0000", "2024-03-08T05:06:07Z"),
            ("08-Mar-24", "2024-03-08T00:00:00Z"), ("8 March 2024", "2024-03-08T00:00:00Z"),
            ("1709874367", "2024-03-08T05:06:07Z"),
            ("1709874367000", "2024-03-08T05:06:07Z"), ("1709874367000000", "2024-03-08T05:06:07Z"),
            ("1709874367000000000", "2024-03-08T05:06:07Z"), ("1709874367.0", "2024-03-08T05:06:07Z"),
            ("-1", "1969-12-31T23:59:59Z"), ("0", "1970-01-01T00:00:00Z"),
            ("2024-03", nil), ("2024-03-08T05", nil), ("2024-03-08 5:6", nil), ("2024-03-08 13:00 pm", nil),
            ("2024-03-08 05:06 EST", nil),
            ("9999999999999999999", nil), ("12345678901234567890", nil), ("", nil),
        ] as [(String, String?)])
    func `times are read in every common form`(_ text: String, _ expected: String?) {
        let bytes = Array(text.utf8)
        let time = TimeText(bytes, bytes.indices)
        let meaning = time.map { TimeMeaning(shape: $0.shape, unit: TimeMeaning.unit(largest: abs($0.first))) }
        var found: String?
        if let time, case .moment(let moment)? = meaning?.read(time) {
            found = Instant(microseconds: moment.instant).textInSeconds
        }
        #expect(found == expected)
    }
}
