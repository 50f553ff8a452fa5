import Crypto
import Testing

@Suite struct SealedStreamTests {
    private static let key = (0..<32).map { UInt8($0) }
    private static let prefix: [UInt8] = [1, 2, 3, 4, 5, 6, 7]

    private func sealed(
        _ chunks: [[UInt8]], key: [UInt8] = Self.key, prefix: [UInt8] = Self.prefix
    ) -> [[UInt8]] {
        var sealer = SealedStream.Sealer(key: key, prefix: prefix)
        return chunks.enumerated().map { sealer.seal($1, isLast: $0 == chunks.count - 1) }
    }

    /// Nil from the first chunk on that does not open; then nothing more does.
    private func opened(
        _ chunks: [[UInt8]], key: [UInt8] = Self.key, prefix: [UInt8] = Self.prefix, endsWithLast: Bool = true
    ) -> [[UInt8]?] {
        var opener = SealedStream.Opener(key: key, prefix: prefix)
        return chunks.enumerated().map { opener.open($1, isLast: endsWithLast && $0 == chunks.count - 1) }
    }

    /// The Galois/Counter Mode of Operation, McGrew and Viega, appendix B, test cases 13 and 14: key and nonce are zeros,
    /// which are the first chunk of a stream with a prefix of zeros that does not end with it.
    @Test(arguments: [
        ("", "530f8afbc74536b9a963b4f1c4cb738b"),
        (
            "00000000000000000000000000000000",
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
    ])
    func `encrypts like the standard`(_ plain: String, _ sealed: String) throws {
        let zeros = [UInt8](repeating: 0, count: 32)
        var sealer = SealedStream.Sealer(key: zeros, prefix: Array(zeros.prefix(7)))
        #expect(hex(sealer.seal(try #require(bytes(hex: plain)), isLast: false)) == sealed)
        var opener = SealedStream.Opener(key: zeros, prefix: Array(zeros.prefix(7)))
        #expect(opener.open(try #require(bytes(hex: sealed)), isLast: false).map { hex($0) } == plain)
    }

    /// Made with another program (the package cryptography of Python), nonces written out by hand.
    @Test func `numbers its chunks, and marks the last one`() {
        let chunks = sealed([Array("first".utf8), Array("second".utf8), []])
        #expect(
            chunks.map { hex($0) } == [
                "7032b3ded75faec27d45caa8cac0d209b2b09fccbc",
                "317f816c7dd3c1a60e226f1ae2ab4e716fe716261b8b",
                "8ad8e1c2b2380f7659993e2e15f56edc",
            ])
    }

    @Test(arguments: [[], [0], [1], [100], [64, 0], [64, 64, 1], [65_536, 65_536, 7]])
    func `opens what it has sealed`(_ lengths: [Int]) {
        let chunks = (lengths + [3]).enumerated().map { [UInt8](repeating: UInt8($0 + 1), count: $1) }
        #expect(opened(sealed(chunks)) == chunks)
    }

    @Test func `one bit changed anywhere does not open`() {
        let whole = sealed([[1, 2, 3], [4, 5, 6], [7]])
        for (number, chunk) in whole.enumerated() {
            for bit in 0..<chunk.count * 8 {
                var changed = whole
                changed[number][bit / 8] ^= 1 << (bit % 8)
                let found = opened(changed)
                #expect(found[number] == nil, "chunk \(number), bit \(bit)")
                #expect(found[number...].allSatisfy { $0 == nil })
            }
        }
    }

    @Test func `chunks moved, left out, repeated, added or cut off do not open`() {
        let whole = sealed([[1], [2], [3]])
        let another = sealed([[1], [2], [3]], prefix: [9, 2, 3, 4, 5, 6, 7])
        let cases: [(String, [[UInt8]])] = [
            ("moved", [whole[1], whole[0], whole[2]]), ("first left out", [whole[1], whole[2]]),
            ("middle left out", [whole[0], whole[2]]), ("last cut off", [whole[0], whole[1]]),
            ("repeated", [whole[0], whole[0], whole[1], whole[2]]), ("added", whole + [whole[2]]),
            ("of another stream", [whole[0], another[1], whole[2]]), ("short", [whole[0], [1, 2, 3], whole[2]]),
            ("nothing", [[]]),
        ]
        for (name, chunks) in cases { #expect(opened(chunks).contains(nil), "\(name)") }
    }

    @Test func `another key or prefix, or an end that is none, does not open`() {
        let whole = sealed([[1], [2]])
        #expect(opened(whole, key: Self.key.reversed()) == [nil, nil])
        #expect(opened(whole, prefix: Self.prefix.reversed()) == [nil, nil])
        #expect(opened(whole, endsWithLast: false) == [[1], nil])
    }
}
