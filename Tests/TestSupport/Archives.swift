/// Files around a file, as gzip and zip lay them out, with the bytes as they are inside.
public enum Archives {
    /// RFC 1952 around stored blocks of RFC 1951.
    public static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            file.append(rest.isEmpty ? 1 : 0)
            file += number(block.count, 2) + number(~block.count & 0xFFFF, 2) + block
        } while !rest.isEmpty
        return file + number(Int(checksum(bytes)), 4) + number(bytes.count & 0xFFFF_FFFF, 4)
    }

    /// One stored file and the central directory.
    public static func zip(_ bytes: [UInt8], named name: String) -> [UInt8] {
        let facts =
            number(20, 2) + number(0, 2) + number(0, 2) + number(0, 4) + number(Int(checksum(bytes)), 4)
            + number(bytes.count, 4) + number(bytes.count, 4) + number(name.utf8.count, 2) + number(0, 2)
        let local = [0x50, 0x4B, 3, 4] + facts + Array(name.utf8) + bytes
        let central = [0x50, 0x4B, 1, 2] + number(20, 2) + facts + number(0, 14 - 4) + number(0, 4) + Array(name.utf8)
        let end =
            [0x50, 0x4B, 5, 6] + number(0, 4) + number(1, 2) + number(1, 2) + number(central.count, 4)
            + number(local.count, 4) + number(0, 2)
        return local + central + end
    }

    private static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> ($0 * 8)) : 0 }
    }

    /// CRC-32 of both.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
