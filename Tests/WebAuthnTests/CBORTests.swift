import Crypto
import Testing

@testable import WebAuthn

@Suite struct CBORTests {
    @Test(arguments: [
        ("00", CBOR.unsigned(0)), ("17", .unsigned(23)), ("1818", .unsigned(24)), ("18ff", .unsigned(255)),
        ("190100", .unsigned(256)), ("1a00010000", .unsigned(65_536)), ("1b0000000100000000", .unsigned(1 << 32)),
        ("1bffffffffffffffff", .unsigned(.max)), ("20", .negative(0)), ("390100", .negative(256)),
        ("3bffffffffffffffff", .negative(.max)), ("40", .bytes([])), ("420102", .bytes([1, 2])), ("60", .text("")),
        ("63e282ac", .text("€")), ("80", .array([])), ("820102", .array([.unsigned(1), .unsigned(2)])),
        ("f4", .bool(false)), ("f5", .bool(true)), ("f6", .null),
        ("a0", .map(CBORMap(entries: [], isSorted: true))),
        ("a10102", .map(CBORMap(entries: [(.unsigned(1), .unsigned(2))], isSorted: true))),
    ])
    func `reads canonical items`(hexadecimal: String, item: CBOR) throws {
        #expect(try CBORReader.item(of: bytes(hex: hexadecimal)!) == item)
    }

    @Test(arguments: [
        ("", CBORError.Code.unexpectedEnd, 0), ("18", .unexpectedEnd, 1), ("1901", .unexpectedEnd, 1),
        ("42aa", .unexpectedEnd, 1), ("8201", .unexpectedEnd, 0), ("a101", .unexpectedEnd, 0),
        ("9bffffffffffffffff", .unexpectedEnd, 0), ("bbffffffffffffffff", .unexpectedEnd, 0),
        ("bb8000000000000000", .unexpectedEnd, 0), ("5bffffffffffffffff", .unexpectedEnd, 9),
        ("0000", .trailingBytes, 1), ("1817", .notShortest, 0), ("1900ff", .notShortest, 0),
        ("1a0000ffff", .notShortest, 0), ("1b00000000ffffffff", .notShortest, 0), ("5800", .notShortest, 0),
        ("b90000", .notShortest, 0), ("5f40ff", .indefiniteLength, 0), ("9fff", .indefiniteLength, 0),
        ("bfff", .indefiniteLength, 0), ("1c", .unsupportedItem, 0), ("c001", .unsupportedItem, 0),
        ("f7", .unsupportedItem, 0), ("f814", .unsupportedItem, 0), ("f90000", .unsupportedItem, 0),
        ("fb3ff0000000000000", .unsupportedItem, 0), ("ff", .unsupportedItem, 0), ("61ff", .invalidText, 0),
        ("62c080", .invalidText, 0), ("783f6e" + String(repeating: "cc81", count: 31), .invalidText, 0),
        ("a201000100", .duplicateKey, 3), ("a3020001000200", .duplicateKey, 5),
        ("a3616200616100616200", .duplicateKey, 7), ("818181818181818181", .tooDeep, 8),
        ("a101a101a101a101a101a101a101a101a10100", .tooDeep, 16),
    ])
    func `refuses everything else`(hexadecimal: String, code: CBORError.Code, offset: Int) {
        #expect(throws: CBORError(code: code, offset: offset)) { try CBORReader.item(of: bytes(hex: hexadecimal)!) }
    }

    @Test(arguments: [
        ("a301002000612000", true), ("a2200001 00", false), ("a261610001 00", false), ("a2626161006162 00", false),
        ("a2616200616100", false), ("a2616100616200", true), ("a218180001 00", false), ("a20100181800", true),
        ("a240004100 00", true), ("a3030002000100", false),
    ])
    func `knows the order of keys`(hexadecimal: String, isSorted: Bool) throws {
        let item = try CBORReader.item(of: bytes(hex: hexadecimal.filter { $0 != " " })!)
        #expect(item.mapValue?.isSorted == isSorted)
    }

    @Test func `refuses more bytes than the limit`() {
        let large = Encode.bytes([UInt8](repeating: 0, count: CBORReader.maxBytes))
        #expect(throws: CBORError(code: .tooLarge, offset: 0)) { try CBORReader.item(of: large) }
        #expect(throws: Never.self) { try CBORReader.item(of: large[..<0] + Encode.bytes(Array(large[..<65_000]))) }
    }

    @Test func `a map out of order costs no square of its size`() throws {
        let keys = (0..<12_000).reversed().map { (Encode.int($0), Encode.int(0)) }
        let map = try #require(try CBORReader.item(of: Encode.map(keys)).mapValue)
        #expect(map.count == 12_000 && !map.isSorted)
        #expect(throws: CBORError.self) {
            try CBORReader.item(of: Encode.map(keys + [(Encode.int(77), Encode.int(0))]))
        }
    }
}
