import System
import Testing

@Suite struct UUIDTests {
    @Test func `reads either case and writes lower case`() throws {
        let uuid = try #require(UUID("F81D4fae-7dec-11D0-A765-00a0c91e6bf6"))
        #expect(uuid.text == "f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
        #expect(UUID(uuid.text) == uuid)
    }

    @Test(
        arguments: [
            "", "f81d4fae7dec11d0a76500a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
            "f81d4fae-7dec-11d0a-765-00a0c91e6bf6",
            "g81d4fae-7dec-11d0-a765-00a0c91e6bf6", "{81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "é81d4fae-7dec-11d0-a765-00a0c91e6b6",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6 ", "f81d4fae--7dec-11d0-a765-0a0c91e6bf6",
        ])
    func `refuses everything else`(_ text: String) {
        #expect(UUID(text) == nil)
    }

    @Test func `a random one has version and variant`() {
        for _ in 0..<100 {
            let letters = Array(UUID.random().text)
            #expect(letters.count == 36 && letters[14] == "4" && "89ab".contains(letters[19]))
        }
    }

    @Test func `random ones differ`() {
        #expect(Set((0..<100).map { _ in UUID.random() }).count == 100)
    }
}
