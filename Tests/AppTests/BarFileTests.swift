import Market
import Testing

@testable import App

@Suite struct BarFileTests {
    static let now = Instant("2024-03-15T12:34:56Z")!.microseconds

    static func read(
        _ lines: [String], _ assetType: AssetType = .equity, _ timeframe: Timeframe = .day, ending: String = "\n"
    ) throws(BarFile.LoadError) -> BarFile {
        let text = ([BarFile.header] + lines).map { $0 + ending }.joined()
        return try BarFile.read(Array(text.utf8), name: "f.csv", assetType: assetType, timeframe: timeframe, now: now)
    }

    @Test func `reads days`() throws {
        let file = try Self.read(["2024-03-07,10,11.5,9.5,11,1000", "2024-03-08,11,12,10.25,10.5,0"])
        #expect(file.refused == [])
        #expect(file.lineCount == 2)
        #expect(file.bars.times == [19_789 * 86_400_000_000, 19_790 * 86_400_000_000])
        #expect(file.bars.open == [10, 11])
        #expect(file.bars.high == [11.5, 12])
        #expect(file.bars.low == [9.5, 10.25])
        #expect(file.bars.close == [11, 10.5])
        #expect(file.bars.volume == [1000, 0])
        #expect(file.noise == nil)
    }

    @Test(arguments: ["\n", "\r\n"])
    func `reads hours, with either line end, and a last line without one`(_ ending: String) throws {
        let lines = ["2024-03-09T23:00:00Z,1e-05,2E-5,1e-5,1.5e-05,12.5", "2024-03-10T00:00:00Z,1,1,1,1,1"]
        let file = try Self.read(lines, .crypto, .hour, ending: ending)
        #expect(file.refused == [])
        #expect(file.bars.times == [1_710_025_200_000_000, 1_710_028_800_000_000])
        #expect(file.bars.high == [0.00002, 1])
        let bytes = Array((BarFile.header + "\n" + lines[1]).utf8)
        let short = try BarFile.read(bytes, name: "f", assetType: .crypto, timeframe: .hour, now: Self.now)
        #expect(short.bars.count == 1)
    }

    @Test(arguments: [
        ("", "the line is empty"), ("2024-03-08,10,11,9,10", "6 columns are needed, this line has 5"),
        ("2024-03-08,10,11,9,10,1,", "6 columns are needed, this line has 7"),
        ("2024-3-8,10,11,9,10,1", "timestamp \"2024-3-8\" is not a day, YYYY-MM-DD"),
        ("2023-02-29,10,11,9,10,1", "timestamp \"2023-02-29\" is not a day, YYYY-MM-DD"),
        ("2024-03-08T00:00:00Z,10,11,9,10,1", "timestamp \"2024-03-08T00:00:00Z\" is not a day, YYYY-MM-DD"),
        ("2024-03-08,ten,11,9,10,1", "open \"ten\" is not a number"),
        ("2024-03-08,10,,9,10,1", "high \"\" is not a number"),
        ("2024-03-08,10,11,NaN,10,1", "low \"NaN\" is not a number"),
        ("2024-03-08,10,inf,9,10,1", "high \"inf\" is not a number"),
        ("2024-03-08,10,11,9,0x10,1", "close \"0x10\" is not a number"),
        ("2024-03-08,10,11,9,10,1 000", "volume \"1 000\" is not a number"),
        ("2024-03-08,10,11,9, 10,1", "close \" 10\" is not a number"),
        ("2024-03-08,+10,11,9,10,1", "open \"+10\" is not a number"),
        ("2024-03-08,\"10\",11,9,10,1", "open \"\"10\"\" is not a number"),
        ("2024-03-08,1.,11,9,10,1", "open \"1.\" is not a number"),
        ("2024-03-08,10,1e999,9,10,1", "high is not a finite number"),
        ("2024-03-08,10,11,0,10,1", "low must be above zero"),
        ("2024-03-08,-10,11,9,10,1", "open must be above zero"),
        ("2024-03-08,10,11,9,1e-999,1", "close must be above zero"),
        ("2024-03-08,10,11,9,10,-1", "volume is negative"),
        ("2024-03-08,10,11,10.5,10,1", "low is above open or close"),
        ("2024-03-08,10,9.5,9,10,1", "high is below open or close"),
        ("2024-03-07,10,11,9,10,1", "the time is the same as in line 2"),
        ("2024-03-06,10,11,9,10,1", "the time is before that of line 2: bars go from old to new"),
        ("2024-03-09,10,11,9,10,1", "2024-03-09 is on a weekend, when no exchange is open"),
        ("2024-03-10,10,11,9,10,1", "2024-03-10 is on a weekend, when no exchange is open"),
        ("1952-05-31,10,11,9,10,1", "1952-05-31 is on a weekend, when no exchange is open"),
        ("1927-12-25,10,11,9,10,1", "1927-12-25 is on a weekend, when no exchange is open"),
        ("2024-03-15,10,11,9,10,1", "the bar ends after now, 2024-03-15T12:34:56Z"),
        ("9999-12-31,10,11,9,10,1", "the bar ends after now, 2024-03-15T12:34:56Z"),
        ("2024-03-08,10,11,9,\u{1}é,1", "close \"???\" is not a number"),
    ])
    func `a line that is no bar is refused by number and reason, and the next one is read`(
        _ line: String, _ reason: String
    ) throws {
        let file = try Self.read(["2024-03-07,10,11,9,10,1", line, "2024-03-14,10,11,9,10,1"])
        #expect(file.refused.map(\.description) == ["f.csv:3: \(reason)"])
        #expect(file.bars.count == 2)
        #expect(file.lineCount == 3)
    }

    @Test(arguments: [
        ("2024-03-09T05:30:00Z", "the time is not the start of an hour"),
        ("2024-03-09T05:00:01Z", "the time is not the start of an hour"),
        ("2024-03-09", "timestamp \"2024-03-09\" is not an hour, YYYY-MM-DDTHH:00:00Z"),
        ("2024-03-09T05:00:00.0Z", "timestamp \"2024-03-09T05:00:00.0Z\" is not an hour, YYYY-MM-DDTHH:00:00Z"),
        ("2024-03-09T05:00:00+00:00", "timestamp \"2024-03-09T05:00:00+00:00\" is not an hour, YYYY-MM-DDTHH:00:00Z"),
        ("2024-03-09 05:00:00", "timestamp \"2024-03-09 05:00:00\" is not an hour, YYYY-MM-DDTHH:00:00Z"),
        ("2024-03-15T12:00:00Z", "the bar ends after now, 2024-03-15T12:34:56Z"),
        ("0000-12-31T23:00:00Z", "timestamp \"0000-12-31T23:00:00Z\" is not an hour, YYYY-MM-DDTHH:00:00Z"),
        ("1800-01-01T23:30:00Z", "the time is not the start of an hour"),
    ])
    func `an hour has its own form`(_ time: String, _ reason: String) throws {
        let file = try Self.read(["\(time),10,11,9,10,1"], .crypto, .hour)
        #expect(file.refused.map(\.reason) == [reason])
    }

    @Test func `the first day and hour, the last finished ones and weekends of coins are taken`() throws {
        #expect(try Self.read(["0001-01-01,1,1,1,1,0", "1969-12-31,1,1,1,1,0", "2024-03-14,1,1,1,1,0"]).refused == [])
        // New York traded on Saturdays until 1952.
        #expect(try Self.read(["1927-12-31,1,1,1,1,0", "1952-05-24,1,1,1,1,0"]).refused == [])
        #expect(
            try Self.read(
                ["0001-01-01T00:00:00Z,1,1,1,1,0", "1969-12-31T23:00:00Z,1,1,1,1,0", "2024-03-15T11:00:00Z,1,1,1,1,0"],
                .crypto, .hour
            ).refused
                == [])
        #expect(try Self.read(["2024-03-09,1,1,1,1,0", "2024-03-10,1,1,1,1,0"], .crypto, .day).refused == [])
    }

    @Test func `order is asked of the accepted lines only`() throws {
        let file = try Self.read([
            "2024-03-05,1,1,1,1,0", "2024-03-07,x,1,1,1,0", "2024-03-06,1,1,1,1,0", "2024-03-06,1,1,1,1,0",
        ])
        #expect(file.refused.map(\.line) == [3, 5])
        #expect(file.refused.last?.reason == "the time is the same as in line 4")
    }

    @Test(arguments: [
        ("", "f.csv: the file is empty"), ("timestamp;open", "f.csv:1: the first line must be \(BarFile.header)"),
        (
            "Timestamp,open,high,low,close,volume\n2024-03-08,1,1,1,1,1",
            "f.csv:1: the first line must be \(BarFile.header)"
        ),
        ("\u{FEFF}\(BarFile.header)\n", "f.csv:1: the file begins with a byte order mark; save it as plain UTF-8"),
        ("\(BarFile.header)\n", "f.csv: the file has no line after the header"),
    ])
    func `a file of another form is refused as a whole`(_ text: String, _ message: String) {
        let fault = #expect(throws: BarFile.LoadError.self) {
            try BarFile.read(Array(text.utf8), name: "f.csv", assetType: .equity, timeframe: .day, now: Self.now)
        }
        #expect(fault?.description == message)
    }

    @Test func `equities have no hours`() {
        let fault = #expect(throws: BarFile.LoadError.self) { try Self.read([], .equity, .hour) }
        #expect(fault?.description == "f.csv: EQUITY has no bars of 1h")
    }

    @Test(arguments: [
        ("27.440000534057617", 27.44), ("100.0999984741211", 100.1), ("0.009999999776482582", 0.01),
        ("19.779285430908203", 19.779285), ("27.439999999999998", 27.44), ("0.30000000000000004", 0.3),
        ("1234.5600000000002", 1234.56),
        // Taken as they are: not long enough, or more digits than noise leaves behind.
        ("27.44", 27.44), ("27.5", 27.5), ("1234567.875", 1234567.875), ("19.77928571428571", 19.77928571428571),
        ("27.440000000000", 27.44), ("0.123456789012", 0.123456789012),
        // All digits meant, and yet within 1e-12 of ten of them: one such price in a hundred is.
        ("99.49665024002081", 99.49665024002081),
    ])
    func `float noise is rounded to what the vendor meant`(_ written: String, _ meant: Double) throws {
        let file = try Self.read(["2024-03-08,\(written),\(written),\(written),\(written),1"])
        #expect(file.bars.close == [meant])
        #expect((file.noise != nil) == (Double(written) != meant))
    }

    @Test func `prices of a run that stores nothing are taken as they are written`() throws {
        let text = BarFile.header + "\n2024-03-08,27.439999999999998,27.44,27.25,27.420000076293945,1\n"
        let file = try BarFile.read(
            Array(text.utf8), name: "f.csv", assetType: .equity, timeframe: .day, now: nil)
        #expect(file.bars.open == [27.439999999999998] && file.bars.close == [27.420000076293945])
        #expect(file.noise == nil)
    }

    @Test func `the report says how much noise there was and what precision is left`() throws {
        let file = try Self.read([
            "2024-03-07,10,11,9,10,1", "2024-03-08,27.440000534057617,27.5,27.25,27.420000076293945,1.2000000476837158",
        ])
        #expect(file.noise?.count == 2)
        #expect(file.noise?.decimals == 2)
        #expect(file.noise?.line == 3)
        #expect(file.noise?.from == 27.440000534057617)
        #expect(file.noise?.to == 27.44)
        #expect(file.bars.volume[1] == 1.2000000476837158)
        #expect(TickScale.find(in: file.bars)?.exponent == 2)
    }

    @Test func `a low that is above the open only by noise is a bar`() throws {
        let file = try Self.read(["2024-03-08,27.44,28,27.440000534057617,27.5,1"])
        #expect(file.refused == [])
    }
}
