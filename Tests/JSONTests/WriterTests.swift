import JSON
import SeededNumbers
import Testing

@Suite struct WriterTests {
    @Test func `places commas and escapes`() {
        var writer = Writer()
        writer.object { w in
            w.member("text", "a\"\\\n\r\t\u{1}é😀/")
            w.member("none", nil as String?)
            w.member("count", 3)
            w.member("price", 1.5)
            w.member("is_on", true)
            w.key("list")
            w.array([1, 2]) { $0.int($1) }
            w.key("a\"b" as String)
            w.beginArray()
            w.beginObject()
            w.endObject()
            w.beginArray()
            w.endArray()
            w.null()
            w.endArray()
            w.key("raw")
            w.raw(Array("[0]".utf8))
            w.member("value", ["x": [.null, -1]])
        }
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"text":"a\"\\\n\r\t\u0001é😀/","none":null,"count":3,"price":1.5,"is_on":true,"list":[1,2],"#
                + #""a\"b":[{},[],null],"raw":[0],"value":{"x":[null,-1]}}"#)
    }

    @Test(
        arguments: [
            (0, "0"), (-0.0, "-0"), (5, "5"), (-5, "-5"), (0.1, "0.1"), (-0.05, "-0.05"), (100, "100"),
            (182.01, "182.01"), (0.000000001, "0.000000001"), (1.23456789e-10, "1.23456789e-10"),
            (9007199254740991, "9007199254740991"), (9007199254740992, "9007199254740992"),
            (1e22, "1e+22"), (0.1 + 0.2, "0.30000000000000004"), (1.0 / 3, "0.3333333333333333"),
            (2251799813685249.5, "2251799813685249.5"), (900719925474.0992, "900719925474.0992"),
            (.leastNonzeroMagnitude, "5e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
            (.infinity, "null"), (-.infinity, "null"), (.nan, "null"),
        ] as [(Double, String)])
    func `writes doubles`(_ value: Double, _ text: String) {
        var writer = Writer()
        writer.double(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [0, 7, -10, .max, .min])
    func `writes integers`(_ value: Int) {
        var writer = Writer()
        writer.int(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == String(value))
    }

    @Test func `what was sent on may be taken away between any two values`() {
        var whole = Writer(), rest = Writer(), sent: [UInt8] = []
        func write(_ json: inout Writer, _ step: (inout Writer) -> Void) {
            json.object { json in
                step(&json)
                json.key("list")
                json.array(0..<3) { json, number in
                    json.int(number)
                    step(&json)
                }
                json.member("text", "\"")
                step(&json)
            }
        }
        write(&whole) { _ in }
        write(&rest) { json in
            sent += json.bytes
            json.removeWritten()
        }
        #expect(sent + rest.bytes == whole.bytes && rest.bytes == Array("}".utf8))
    }

    @Test func `every double reads back as itself`() throws {
        var random = SplitMix(seed: 20_240_229)
        for round in 0..<60_000 {
            let value: Double =
                switch round % 4 {
                case 0: Double(bitPattern: random.next())
                case 1: Double(Int64(truncatingIfNeeded: random.next() >> 12)) / 1e6
                case 2: (Double.random(in: 0...100_000, using: &random) * 100).rounded() / 100
                default: Double.random(in: -1...1, using: &random)
                }
            guard value.isFinite else { continue }
            let number = Number(value)
            #expect(number.double?.bitPattern == value.bitPattern, "\(value) became \(number.text)")
            #expect(number.text.utf8.count <= value.description.utf8.count + 8, "\(value) became \(number.text)")
        }
    }
}
