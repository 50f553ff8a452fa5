internal import CZstd
import Compression
import Foundation
import Testing

@Suite struct DecompressionTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    private static func bytes(of file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: file)))
    }

    /// All that comes out of bytes that arrive in stretches of a size.
    private static func unpack(
        _ bytes: [UInt8], stretch: Int = 1_000,
        _ limits: DecompressionLimits = DecompressionLimits(maximumBytes: 1 << 30)
    ) throws -> (bytes: [UInt8], wrappings: [String]) {
        var position = 0, all: [UInt8] = []
        let unpacking = Decompression(limits) {
            guard position < bytes.count else { return nil }
            let end = min(position + stretch, bytes.count)
            defer { position = end }
            return Array(bytes[position..<end])
        }
        while let more = try unpacking.next() {
            #expect(!more.isEmpty)
            all += more
        }
        #expect(try unpacking.next() == nil)
        return (all, unpacking.wrappings)
    }

    static let packed: [(String, [String])] = [
        ("prices.csv", []), ("prices.csv.gz", ["gzip"]), ("members.csv.gz", ["gzip"]), ("prices.zip", ["zip"]),
        ("streamed.zip", ["zip"]), ("stored.zip", ["zip"]), ("prices.csv.zst", ["zstd"]), ("prices.tar", ["tar"]),
        ("prices.tar.gz", ["gzip", "tar"]), ("prices.tar.zst", ["zstd", "tar"]),
    ]

    @Test(arguments: packed, [1, 7, 512, 100_000])
    func `the file inside comes out, in whatever stretches it goes in`(_ packed: (String, [String]), _ stretch: Int)
        throws
    {
        let (bytes, wrappings) = try Self.unpack(Self.bytes(of: packed.0), stretch: stretch)
        #expect(try bytes == Self.bytes(of: "prices.csv"))
        #expect(wrappings == packed.1)
    }

    @Test(arguments: packed.dropFirst())
    func `what is cut off anywhere is an error, and never other bytes`(_ packed: (String, [String])) throws {
        let whole = try Self.bytes(of: packed.0)
        let prices = try Self.bytes(of: "prices.csv")
        for count in stride(from: 4, to: whole.count, by: 13) {
            // Behind the file there is nothing that anybody needs.
            if let bytes = try? Self.unpack(Array(whole[..<count])).bytes {
                #expect(bytes == prices || count < 512 && bytes == Array(whole[..<count]), "\(count)")
            }
        }
    }

    @Test(arguments: ["prices.csv.gz", "prices.zip", "streamed.zip", "stored.zip"])
    func `a flipped bit is an error`(_ file: String) throws {
        let whole = try Self.bytes(of: file)
        let prices = try Self.bytes(of: "prices.csv")
        for place in stride(from: 0, to: whole.count, by: 5) {
            var broken = whole
            broken[place] ^= 0x10
            // Names and times of files matter to nobody. Without its mark a file is taken as it is, and read by others.
            guard broken[..<4] == whole[..<4], let out = try? Self.unpack(broken).bytes else { continue }
            #expect(out == prices, "\(place)")
        }
    }

    @Test(arguments: [
        ("two.zip", "the archive holds several files, a.csv and b.csv: unpack the one that is meant"),
        ("two.tar.gz", "the archive holds several files, a.csv and b.csv: unpack the one that is meant"),
        ("empty.zip", "the zip archive is empty"),
    ])
    func `an archive of more or less than one file is refused`(_ file: String, _ message: String) throws {
        let bytes = try Self.bytes(of: file)
        let error = #expect(throws: DecompressionError.self) { _ = try Self.unpack(bytes) }
        #expect(error?.description == message)
    }

    @Test(
        arguments: [
            ("bzip2", [0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]),
            ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]),
            ("7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]), ("rar", Array("Rar!\u{1A}\u{7}".utf8)),
            ("lz4", [0x04, 0x22, 0x4D, 0x18]),
        ] as [(String, [UInt8])])
    func `what is packed otherwise is told by its name`(_ name: String, _ beginning: [UInt8]) throws {
        let refusal = #expect(throws: DecompressionError.self) { _ = try Self.unpack(beginning + Self.zeros(20)) }
        #expect(
            refusal?.description
                == "this is \(name), which is not unpacked here: unpack it first, or pack it as gzip, zip or zstd")
    }

    /// The first file of an archive in which it is stored as it is.
    @Test(arguments: [("gzip", "prices.csv.gz"), ("zstd", "prices.csv.zst"), ("zip", "prices.zip")])
    func `what is packed twice is told`(_ name: String, _ file: String) throws {
        let inner = try Self.bytes(of: file)
        func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
        let header = [0x50, 0x4B, 3, 4] + number(10, 2) + number(0, 2) + number(0, 2) + number(0, 8)
        let zip =
            header + number(inner.count, 4) + number(inner.count, 4) + number(1, 2) + number(0, 2) + Array("a".utf8)
        let refusal = #expect(throws: DecompressionError.self) { _ = try Self.unpack(zip + inner) }
        #expect(refusal?.description == "the zip data holds \(name): unpack one of them first")
    }

    @Test func `a table that begins like one is one`() throws {
        let table = Array("BZh9,open\n".utf8)
        #expect(try Self.unpack(table).bytes == table)
    }

    private static func zeros(_ count: Int) -> [UInt8] {
        let zeros = [UInt8](repeating: 0x30, count: count)
        var packed = [UInt8](repeating: 0, count: ZSTD_compressBound(count))
        let size = ZSTD_compress(&packed, packed.count, zeros, zeros.count, 1)
        return Array(packed[..<size])
    }

    @Test func `what grows without end is stopped`() throws {
        let bomb = Self.zeros(32 << 20)
        let dense = #expect(throws: DecompressionError.self) { _ = try Self.unpack(bomb) }
        #expect(dense?.description == "the data grows more than 250-fold when unpacked: no prices do")
        let large = #expect(throws: DecompressionError.self) {
            _ = try Self.unpack(bomb, DecompressionLimits(maximumBytes: 1 << 20))
        }
        #expect(large?.description == "the data is larger than 1048576 bytes once unpacked")
        #expect(try Self.unpack(Self.zeros(1 << 20)).bytes.count == 1 << 20)
    }

    @Test func `an encrypted archive is refused`() throws {
        var bytes = try Self.bytes(of: "stored.zip")
        bytes[6] |= 1
        let encrypted = bytes
        let error = #expect(throws: DecompressionError.self) { _ = try Self.unpack(encrypted) }
        #expect(error?.description == "the zip archive is encrypted")
    }

    @Test func `nothing is nothing`() throws { #expect(try Self.unpack([]).bytes == []) }
}
