import Market

/// How far local time is ahead of UTC, as offset or as the rules of a place.
public struct Zone: Equatable, Sendable, CustomStringConvertible {
    public static let utc = Zone(name: "UTC", starts: [], offsets: [0])

    /// Where the days of shares are.
    static let newYork: Zone = {
        let changes = NewYorkTime.changes(throughYear: 2200)
        return Zone(
            name: "America/New_York", starts: changes.map(\.instant.microseconds),
            offsets: ([NewYorkTime.winter] + changes.map(\.minutesBehind)).map { Int64($0) * -60_000_000 })
    }()

    public let description: String
    /// UTC microseconds at which the next offset begins; one fewer than offsets.
    private let starts: [Int64]
    private let offsets: [Int64]

    private init(name: String, starts: [Int64], offsets: [Int64]) {
        (description, self.starts, self.offsets) = (name, starts, offsets)
    }

    /// `UTC`, `Z`, or an offset such as `+02:00`, `-0500`, `+9`; nil for anything else, names of places too.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        if ["UTC", "GMT", "Z"].contains(text.uppercased()) {
            self = .utc
            return
        }
        var reader = ByteReader(bytes, 0..<bytes.count)
        let isBehind = reader.peek == UInt8(ascii: "-")
        guard reader.skip("+") || reader.skip("-"), let hours = reader.digits(1...2), hours < 24 else { return nil }
        _ = reader.skip(":")
        let minutes = reader.isAtEnd ? 0 : reader.digits(2...2)
        guard let minutes, minutes < 60, reader.isAtEnd else { return nil }
        let offset = Int64(hours * 60 + minutes) * 60_000_000
        self.init(name: text, starts: [], offsets: [isBehind ? -offset : offset])
    }

    /// The rules of a place as the system's database has them (RFC 8536, version 2 or later), such as the bytes of
    /// `zoneinfo/America/New_York`; nil for other bytes. After the last change listed its footer says what comes.
    public init?(name: String, tzif bytes: [UInt8]) {
        var reader = TZifReader(bytes)
        guard let table = reader.table() else { return nil }
        self.init(name: name, starts: table.starts, offsets: table.offsets)
    }

    /// How far local time is ahead at a moment, both in microseconds.
    func offset(at instant: Int64) -> Int64 {
        var low = 0, high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return offsets[low]
    }

    /// The moments a local time may mean: two when clocks go back over it, none when they skip it.
    func instants(ofLocal time: Int64) -> ClosedRange<Int64>? {
        let offsets = [offset(at: time - 86_400_000_000), offset(at: time + 86_400_000_000)]
        let instants = offsets.compactMap { offset in
            let instant = time - offset
            return self.offset(at: instant) == offset ? instant : nil
        }
        return instants.min().map { $0...(instants.max() ?? $0) }
    }
}

private struct TZifReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func table() -> (starts: [Int64], offsets: [Int64])? {
        guard let first = header(), first.version >= 2 else { return nil }
        // The first block has 32-bit times and is there for old readers.
        position += first.times * 5 + first.types * 6 + first.letters + first.leaps * 8 + first.standard + first.local
        guard let header = header(), header.types > 0, header.times <= 100_000, header.types <= 256,
            position + header.times * 9 + header.types * 6 <= bytes.count
        else { return nil }
        let starts = (0..<header.times).map { Int64(bitPattern: number(at: position + $0 * 8, bytes: 8)) }
        let kinds = (0..<header.times).map { Int(bytes[position + header.times * 8 + $0]) }
        let types = position + header.times * 9
        let offsets = (0..<header.types).map { Int64(Int32(truncatingIfNeeded: number(at: types + $0 * 6, bytes: 4))) }
        guard kinds.allSatisfy({ $0 < offsets.count }), offsets.allSatisfy({ $0.magnitude < 93_600 }),
            zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 })
        else { return nil }
        position = types + header.types * 6 + header.letters + header.leaps * 12 + header.standard + header.local
        guard let footer = footer() else { return nil }
        let reachable = starts.map { min(max($0, -1 << 42), 1 << 42) * 1_000_000 }
        let listed = ([offsets[0]] + kinds.map { offsets[$0] }).map { $0 * 1_000_000 }
        let more = footer.changes(after: reachable.last)
        return (reachable + more.map(\.start), listed + more.map(\.offset))
    }

    /// Between two ends of lines.
    private func footer() -> ZoneFooter? {
        guard position < bytes.count, bytes[position] == 10 else { return nil }
        let rest = bytes[(position + 1)...]
        return rest.firstIndex(of: 10).flatMap { ZoneFooter(Array(rest[..<$0])) }
    }

    private mutating func header() -> (
        version: Int, times: Int, types: Int, letters: Int, leaps: Int, standard: Int, local: Int
    )? {
        guard position + 44 <= bytes.count, bytes[position..<position + 4].elementsEqual("TZif".utf8) else {
            return nil
        }
        let version = Int(bytes[position + 4]) - 0x30
        let counts = (0..<6).map { Int(number(at: position + 20 + $0 * 4, bytes: 4)) }
        guard counts.allSatisfy({ $0 <= bytes.count }) else { return nil }
        position += 44
        return (version, counts[3], counts[4], counts[5], counts[2], counts[1], counts[0])
    }

    private func number(at offset: Int, bytes count: Int) -> UInt64 {
        bytes[offset..<offset + count].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
