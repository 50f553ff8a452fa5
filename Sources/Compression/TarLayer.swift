/// The one file of a tar archive (POSIX ustar, pax, GNU): what is no file is passed over.
final class TarLayer: Layer {
    let name = "tar"
    private let feed: Feed
    private var rest = 0, padding = 0
    private var file: String?
    private var isAtEnd = false

    private static let block = 512
    private static let cutOff = DecompressionError("the tar archive ends too early")

    init(_ feed: Feed) { self.feed = feed }

    /// Whether a header stands here.
    static func begins(_ feed: Feed) throws -> Bool {
        guard try feed.fill(block) else { return false }
        let at = feed.position + 257
        return feed.buffer[at..<at + 5].elementsEqual("ustar".utf8)
    }

    func next() throws -> [UInt8]? {
        while !isAtEnd {
            if rest > 0 {
                guard let bytes = try feed.takeStretch(maximum: rest) else { throw Self.cutOff }
                rest -= bytes.count
                if rest == 0 {
                    guard try feed.skip(padding) else { throw Self.cutOff }
                }
                return bytes
            }
            try begin()
        }
        guard file != nil else { throw DecompressionError("the tar archive has no file in it") }
        return nil
    }

    private func begin() throws {
        guard let header = try feed.take(Self.block) else {
            // Some leave the empty blocks at the end away.
            guard try !feed.fill(1), file != nil else { throw Self.cutOff }
            isAtEnd = true
            return
        }
        guard header.contains(where: { $0 != 0 }) else {
            isAtEnd = true
            while try feed.takeStretch() != nil {}
            return
        }
        guard header[257..<262].elementsEqual("ustar".utf8) else {
            throw DecompressionError("the tar archive is damaged")
        }
        var size = 0
        for byte in header[124..<136] where 0x30...0x37 ~= byte {
            guard size < 1 << 50 else { throw DecompressionError("the tar archive is damaged") }
            size = size * 8 + Int(byte - 0x30)
        }
        guard header[124] < 0x80 else { throw DecompressionError("the tar archive has a file of more than 8 GB") }
        let padding = (Self.block - size % Self.block) % Self.block
        let name = String(decoding: header[0..<100].prefix { $0 != 0 }, as: UTF8.self)
        let isFile = header[156] == UInt8(ascii: "0") || header[156] == 0
        guard isFile, name.split(separator: "/").last.map({ !$0.hasPrefix(".") }) == true else {
            guard try feed.skip(size + padding) else { throw Self.cutOff }
            return
        }
        if let file {
            throw DecompressionError(
                "the archive holds several files, \(file) and \(name): unpack the one that is meant")
        }
        (file, rest, self.padding) = (name, size, padding)
    }
}
