/// The one file of a zip archive, read from its front to its end without going back: folders and what a Mac leaves beside
/// a file are passed over.
final class ZipLayer: Layer {
    let name = "zip"
    private let feed: Feed
    private var entry: Entry?
    private var isAtEnd = false
    /// One for all files of the archive.
    private var inflater: Inflater?
    /// Of the file that is given out.
    private var file: String?

    private struct Entry {
        let header: Header
        let isDeflated: Bool
        /// Of a stored one what is left.
        var rest: Int
        let isPassedOver: Bool
        /// Of what came out.
        var sum: UInt32 = 0
    }

    private struct Header {
        let flags: Int, method: Int, checksum: UInt32, name: String
        let compressed: Int
        var hasDescriptor: Bool { flags & 8 != 0 }
    }

    init(_ feed: Feed) { self.feed = feed }

    func next() throws -> [UInt8]? {
        while !isAtEnd {
            guard let entry = try entry ?? begin() else { break }
            self.entry = entry
            let bytes = try take()
            guard let bytes else {
                try finish()
                continue
            }
            if !entry.isPassedOver { return bytes }
        }
        guard file != nil else { throw DecompressionError("the zip archive has no file in it") }
        return nil
    }

    private static let cutOff = DecompressionError("the zip archive ends too early")

    /// The next file's header; nil behind the last one.
    private func begin() throws -> Entry? {
        if try feed.starts(with: [0x50, 0x4B, 0x01, 0x02]) || feed.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
            isAtEnd = true
            return nil
        }
        guard let bytes = try feed.take(30) else { throw Self.cutOff }
        func number(_ offset: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        guard number(0, 4) == 0x0403_4B50 else { throw DecompressionError("the zip archive is damaged") }
        guard let name = try feed.take(number(26, 2)), try feed.skip(number(28, 2)) else { throw Self.cutOff }
        let header = Header(
            flags: number(6, 2), method: number(8, 2), checksum: UInt32(number(14, 4)),
            name: String(decoding: name, as: UTF8.self), compressed: number(18, 4))
        let isPassedOver =
            header.name.hasSuffix("/") || header.name.hasPrefix("__MACOSX/")
            || header.name.split(separator: "/").last.map { $0.hasPrefix(".") } == true
        if !isPassedOver {
            if let file {
                throw DecompressionError(
                    "the archive holds several files, \(file) and \(header.name): unpack the one that is meant")
            }
            file = header.name
        }
        guard header.flags & 1 == 0 else { throw DecompressionError("the zip archive is encrypted") }
        switch header.method {
        case 0:
            guard !header.hasDescriptor || header.compressed > 0 || isPassedOver, header.compressed != 0xFFFF_FFFF
            else {
                throw DecompressionError("the zip archive does not say how long \(header.name) is")
            }
            return Entry(header: header, isDeflated: false, rest: header.compressed, isPassedOver: isPassedOver)
        case 8:
            let inflater = try self.inflater ?? Inflater(.none, name: self.name)
            inflater.restart()
            self.inflater = inflater
            return Entry(header: header, isDeflated: true, rest: 0, isPassedOver: isPassedOver)
        default: throw DecompressionError("the zip archive uses method \(header.method), which is not known here")
        }
    }

    private func take() throws -> [UInt8]? {
        guard let bytes = try takeStretch() else { return nil }
        let before = entry?.sum ?? 0
        entry?.sum = checksum(before, bytes)
        return bytes
    }

    private func takeStretch() throws -> [UInt8]? {
        guard entry?.isDeflated == true, let inflater else {
            guard let rest = entry?.rest, rest > 0 else { return nil }
            guard let bytes = try feed.takeStretch(maximum: rest) else { throw Self.cutOff }
            entry?.rest -= bytes.count
            return bytes
        }
        return try inflater.next(feed)
    }

    /// Behind the data: its checksum, where it was not known before.
    private func finish() throws {
        guard let entry else { return }
        var checksum = entry.header.checksum
        if entry.header.hasDescriptor {
            if try feed.starts(with: [0x50, 0x4B, 0x07, 0x08]) { _ = try feed.skip(4) }
            guard let bytes = try feed.take(4) else { throw Self.cutOff }
            checksum = (0..<4).reduce(0) { $0 | UInt32(bytes[$1]) << (8 * $1) }
            // Two sizes of four bytes, or of eight: what follows begins with PK.
            guard try feed.skip(8) else { throw Self.cutOff }
            if try !feed.starts(with: [0x50, 0x4B]) {
                guard try feed.skip(8) else { throw Self.cutOff }
            }
        }
        self.entry = nil
        if entry.sum != checksum {
            throw DecompressionError("the zip archive is damaged: \(entry.header.name) has another checksum")
        }
    }
}
