import Testing

@testable import App

@Suite struct CSVWriterTests {
    @Test(arguments: [
        ("AAPL", "AAPL"), ("", ""), ("a b", "a b"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""),
        ("two\nlines", "\"two\nlines\""), ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"),
        ("\tx", "'\tx"), ("=a,\"b\"", "\"'=a,\"\"b\"\"\""), ("a=1", "a=1"),
    ])
    func `a text is no formula and no second cell`(_ text: String, _ cell: String) {
        var csv = CSVWriter(header: ["a"])
        csv.text(text)
        csv.text("z")
        csv.endRow()
        #expect(String(decoding: csv.bytes, as: UTF8.self) == "a\r\n\(cell),z\r\n")
    }

    @Test func `a number stays a number, to the last bit`() {
        var csv = CSVWriter(header: ["a", "b", "c"])
        csv.number(-3)
        csv.number(-27.439999999999998)
        csv.number(5.0)
        csv.endRow()
        #expect(String(decoding: csv.bytes, as: UTF8.self) == "a,b,c\r\n-3,-27.439999999999998,5\r\n")
    }
}
