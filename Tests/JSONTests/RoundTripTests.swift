import JSON
import SeededNumbers
import Testing

@Suite struct RoundTripTests {
    @Test func `what is written reads back as itself`() throws {
        var random = SplitMix(seed: 1)
        for _ in 0..<2_000 {
            let value = Self.value(depth: 4, &random)
            #expect(try parse(value.bytes) == value)
        }
    }

    /// Damaged documents are refused or read; what is read reads back as itself.
    @Test func `mutated documents never crash`() throws {
        var random = SplitMix(seed: 2)
        let interesting = Array("{}[]\",:\\u0019.eE+-tfn \n\u{7F}é".utf8) + [0, 0x80, 0xC0, 0xED, 0xF4, 0xFF]
        var accepted = 0
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = Self.value(depth: 3, &random).bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.insert(interesting.randomElement(using: &random)!, at: place)
                case 1 where place < bytes.count: bytes.remove(at: place)
                case 2 where place < bytes.count: bytes[place] = interesting.randomElement(using: &random)!
                default: bytes.removeLast(bytes.count - place)
                }
            }
            do {
                let value = try parse(bytes)
                #expect(try parse(value.bytes) == value)
                accepted += 1
            } catch {
                #expect(0...bytes.count ~= error.offset && error.line >= 1 && error.column >= 1)
                refused += 1
            }
        }
        #expect(accepted > 500 && refused > 5_000, "accepted \(accepted), refused \(refused)")
    }

    @Test func `objects keep their order`() {
        var object: Object = ["b": 1, "a": 2]
        #expect(object.names == ["b", "a"])
        #expect(object != ["a": 2, "b": 1])
        object["b"] = "new"
        object["c"] = .null
        object["a"] = nil
        #expect(object == ["b": "new", "c": .null])
        #expect(object["a"] == nil && object["c"] == .null)
        #expect(Value.object(object).bytes == Array(#"{"b":"new","c":null}"#.utf8))
    }

    private static func value(depth: Int, _ random: inout SplitMix) -> Value {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .number(Number(Int.random(in: -1_000_000...1_000_000, using: &random)))
        case 3: return .number(Number(Double.random(in: -1e6...1e6, using: &random)))
        case 4: return .string(text(&random))
        case 5, 6:
            return .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in value(depth: depth - 1, &random) })
        default:
            let count = Int.random(in: 0..<20, using: &random)
            return .object(Object((0..<count).map { ("\($0)" + text(&random), value(depth: depth - 1, &random)) }))
        }
    }

    private static func text(_ random: inout SplitMix) -> String {
        let characters = Array("abc \"\\/\n\t\u{1}é漢😀\u{10FFFF}".unicodeScalars)
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<8, using: &random) { text.append(characters.randomElement(using: &random)!) }
        return String(text)
    }
}
