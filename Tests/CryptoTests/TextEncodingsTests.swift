import Crypto
import System
import Testing

@Suite struct TextEncodingsTests {
    @Test(
        arguments: [
            ([], ""), ([0], "00"), ([0xDE, 0xAD, 0x0F, 0xF0], "dead0ff0"),
        ] as [([UInt8], String)])
    func `hex reads back`(_ content: [UInt8], _ text: String) {
        #expect(hex(content) == text)
        #expect(bytes(hex: text) == content)
        #expect(bytes(hex: text.uppercased()) == content)
    }

    @Test(arguments: ["0", "0g", "0x", " 00", "é", "000"])
    func `refuses what is not hex`(_ text: String) {
        #expect(bytes(hex: text) == nil)
    }

    /// RFC 4648 section 10 without padding, and the two letters that differ from plain base64.
    @Test(
        arguments: [
            ([], ""), (Array("f".utf8), "Zg"), (Array("fo".utf8), "Zm8"), (Array("foo".utf8), "Zm9v"),
            (Array("foob".utf8), "Zm9vYg"), (Array("fooba".utf8), "Zm9vYmE"), (Array("foobar".utf8), "Zm9vYmFy"),
            ([0xFB, 0xFF, 0xFE], "-__-"),
        ] as [([UInt8], String)])
    func `base64url reads back`(_ content: [UInt8], _ text: String) {
        #expect(base64URL(content) == text)
        #expect(bytes(base64URL: text) == content)
    }

    @Test(arguments: ["Z", "Zg==", "Zm 8", "+//+", "Zm9vY", "Zh", "Zm9", "é", "Zm9v\u{0}m9v", "Z-é=", "=Zm9"])
    func `refuses what is not canonical base64url`(_ text: String) {
        #expect(bytes(base64URL: text) == nil)
    }

    @Test func `every length reads back`() {
        for length in 0..<100 {
            let content = Random.bytes(length)
            #expect(content.count == length)
            #expect(bytes(base64URL: base64URL(content)) == content)
            #expect(bytes(hex: hex(content)) == content)
        }
    }
}
