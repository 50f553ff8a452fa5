import JSON
import Testing

@testable import PriceFiles

@Suite struct PlainRecordTests {
    /// What the parser makes of it; nil where it refuses, or there is nothing.
    private static func parsed(_ record: [UInt8]) -> (cells: [String], names: [String]?)? {
        func text(_ value: Value) -> String {
            switch value {
            case .string(let text): text
            case .number(let number): number.text
            default: ""
            }
        }
        switch try? parse(record) {
        case .array(let values)?: return values.isEmpty ? nil : (values.map(text), nil)
        case .object(let object)?: return object.isEmpty ? nil : (object.members.map { text($0.value) }, object.names)
        default: return nil
        }
    }

    private static func cut(_ record: [UInt8], _ names: [String]?) -> [String]? {
        var cells: [Range<Int>] = []
        guard PlainRecord.cut(record, names: names?.map { Array($0.utf8) }, into: &cells) else { return nil }
        return cells.map { String(decoding: record[$0], as: UTF8.self) }
    }

    private static let records = [
        "[1571302800,8021.23,8056.83,8051,-0.5e-7,0]", "[ \"1\" , \"a b\",null,\n\t2E+5\r]", "[\"\"]", "[null]",
        "{\"t\":\"2024-03-04\",\"o\":10,\"h\":12.5,\"l\":null}", "{ \"a\" : 1 ,\n\"b\" : \"x\" }",
    ]

    @Test func `a plain record is cut as the parser reads it`() throws {
        for record in Self.records {
            let whole = try #require(Self.parsed(Array(record.utf8)))
            #expect(Self.cut(Array(record.utf8), whole.names) == whole.cells, "\(record)")
        }
    }

    @Test func `what is cut the parser would have read the same, whatever it is`() {
        var state: UInt64 = 0x5EED, count = 0
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(1, bound)
        }
        let signs = Array("0123456789.,:-+eE \"\\{}[]\n\tnultrfas\u{7F}é\u{1}".utf8)
        for _ in 0..<20_000 {
            let record = Self.records[next(Self.records.count)], names = Self.parsed(Array(record.utf8))?.names
            var bytes = Array(record.utf8)
            for _ in 0...next(3) {
                let place = 1 + next(bytes.count - 2)
                switch next(3) {
                case 0 where bytes.count > 3: bytes.remove(at: place)
                case 1: bytes.insert(signs[next(signs.count)], at: place)
                default: bytes[place] = signs[next(signs.count)]
                }
            }
            guard let cells = Self.cut(bytes, names) else { continue }
            count += 1
            let whole = Self.parsed(bytes)
            #expect(whole?.cells == cells && whole?.names == names, "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(count > 1_000)
    }
}
