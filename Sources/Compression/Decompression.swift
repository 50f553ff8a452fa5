/// What is wrong with compressed bytes.
public struct DecompressionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A sentence's end: `the gzip data ends too early`.
    public let description: String
    /// It is not damaged, but more comes out than the limits let through.
    public let isTooLarge: Bool

    init(_ description: String, isTooLarge: Bool = false) {
        (self.description, self.isTooLarge) = (description, isTooLarge)
    }
}

/// How much may come out: a few kilobytes can stand for terabytes.
public struct DecompressionLimits: Sendable {
    public var maximumBytes: Int
    /// Bytes out for each byte in, once there are ``free`` of them. Tables of prices come to about ten.
    public var maximumRatio: Int
    public var free: Int

    public init(maximumBytes: Int, maximumRatio: Int = 250, free: Int = 16 << 20) {
        (self.maximumBytes, self.maximumRatio, self.free) = (maximumBytes, maximumRatio, free)
    }
}

/// The one file inside of gzip, zip, zstd or tar, or of tar inside of one of these; other bytes pass as they are.
///
/// Bytes go through in stretches, in constant memory. What is cut off, damaged, encrypted, larger than the limits, or an
/// archive of several files is an error.
///
///     let file = Decompression(DecompressionLimits(maximumBytes: 1 << 30)) { source.popLast() }
///     while let bytes = try file.next() { out += bytes }
public final class Decompression {
    private let feed: Feed
    private let limits: DecompressionLimits
    private var layers: [any Layer]?
    private var produced = 0
    /// Outermost first: `["gzip", "tar"]`. Known once ``next()`` was called.
    public private(set) var wrappings: [String] = []

    /// - Parameter source: gives the compressed bytes in stretches of at least one; nil after the last.
    public init(_ limits: DecompressionLimits, source: @escaping () throws -> [UInt8]?) {
        (self.limits, feed) = (limits, Feed(source))
    }

    /// The next stretch, at least a byte; nil after the last one.
    ///
    /// - Throws: ``DecompressionError``, what the source throws.
    public func next() throws -> [UInt8]? {
        let layers = try self.layers ?? open()
        self.layers = layers
        guard let bytes = try layers.last.map({ try $0.next() }) ?? feed.takeStretch() else { return nil }
        return bytes
    }

    private func open() throws -> [any Layer] {
        var layers: [any Layer] = []
        if try feed.starts(with: [0x1F, 0x8B]) {
            layers.append(GzipLayer(feed))
        } else if try feed.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            layers.append(try ZstdLayer(feed))
        } else if try feed.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            layers.append(ZipLayer(feed))
        } else if try feed.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
            throw DecompressionError("the zip archive is empty")
        }
        wrappings = layers.map(\.name)
        guard let outer = layers.first else {
            try OtherFormat.refuse(feed, in: nil)
            guard try TarLayer.begins(feed) else { return [] }
            return try opened([TarLayer(feed)])
        }
        // Counted where it can grow.
        let inner = Feed { [unowned self] in try self.counted(outer.next()) }
        try OtherFormat.refuse(inner, in: outer.name)
        guard try TarLayer.begins(inner) else { return layers + [PlainLayer(inner)] }
        return try opened(layers + [TarLayer(inner)])
    }

    /// Looks at what is in the archive at the end of these.
    private func opened(_ layers: [any Layer]) throws -> [any Layer] {
        guard let archive = layers.last else { return layers }
        wrappings.append(archive.name)
        let file = Feed { try archive.next() }
        try OtherFormat.refuse(file, in: archive.name)
        return layers + [PlainLayer(file)]
    }

    private func counted(_ bytes: [UInt8]?) throws -> [UInt8]? {
        guard let bytes else { return nil }
        produced += bytes.count
        guard produced <= limits.maximumBytes else {
            throw DecompressionError(
                "the data is larger than \(limits.maximumBytes) bytes once unpacked", isTooLarge: true)
        }
        guard produced <= limits.free || produced / limits.maximumRatio <= feed.consumed else {
            throw DecompressionError("the data grows more than \(limits.maximumRatio)-fold when unpacked: no prices do")
        }
        return bytes
    }
}

/// What packed files begin with that are not unpacked where they are: by its name it is told, and not as a table of no columns.
private enum OtherFormat {
    private static let known: [(name: String, beginning: [UInt8])] = [
        ("bzip2", [0x42, 0x5A, 0x68]), ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
        ("7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]), ("rar", [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07]),
        ("lz4", [0x04, 0x22, 0x4D, 0x18]), ("gzip", [0x1F, 0x8B]), ("zstd", [0x28, 0xB5, 0x2F, 0xFD]),
        ("zip", [0x50, 0x4B, 0x03, 0x04]),
    ]

    /// - Parameter outside: what it was taken out of.
    static func refuse(_ feed: Feed, in outside: String?) throws {
        for format in known where try feed.starts(with: format.beginning) {
            // A table may begin with the letters BZh, and not with what follows them.
            if format.name == "bzip2", try !isBzip2(feed) { continue }
            throw DecompressionError(
                outside.map { "the \($0) data holds \(format.name): unpack one of them first" }
                    ?? "this is \(format.name), which is not unpacked here: unpack it first, or pack it as gzip, zip or zstd"
            )
        }
    }

    /// Behind the block size there are six bytes of a block, or of the end.
    private static func isBzip2(_ feed: Feed) throws -> Bool {
        for size in UInt8(ascii: "1")...UInt8(ascii: "9") {
            let begins: [UInt8] = [0x42, 0x5A, 0x68, size]
            if try feed.starts(with: begins + [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) { return true }
            if try feed.starts(with: begins + [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]) { return true }
        }
        return false
    }
}

/// Something that turns bytes of a ``Feed`` into others.
protocol Layer: AnyObject {
    var name: String { get }
    /// At least a byte; nil at the end.
    func next() throws -> [UInt8]?
}

/// What comes out of a layer, after it was looked at.
private final class PlainLayer: Layer {
    let name = "bytes"
    private let feed: Feed

    init(_ feed: Feed) { self.feed = feed }

    func next() throws -> [UInt8]? { try feed.takeStretch() }
}

/// Bytes that come in stretches and are taken by number.
final class Feed {
    private let source: () throws -> [UInt8]?
    private(set) var buffer: [UInt8] = []
    private(set) var position = 0
    private var isAtEnd = false
    /// Bytes taken.
    private(set) var consumed = 0

    init(_ source: @escaping () throws -> [UInt8]?) { self.source = source }

    var available: Int { buffer.count - position }

    /// Makes so many bytes available; false when there are fewer.
    func fill(_ count: Int) throws -> Bool {
        while available < count, !isAtEnd {
            guard let more = try source() else {
                isAtEnd = true
                break
            }
            if position == buffer.count { buffer = more } else { buffer = buffer[position...] + more }
            position = 0
        }
        return available >= count
    }

    func starts(with bytes: [UInt8]) throws -> Bool {
        try fill(bytes.count) && buffer[position..<position + bytes.count].elementsEqual(bytes)
    }

    func consume(_ count: Int) {
        position += count
        consumed += count
    }

    /// The next so many; nil when there are fewer.
    func take(_ count: Int) throws -> [UInt8]? {
        guard try fill(count) else { return nil }
        defer { consume(count) }
        return Array(buffer[position..<position + count])
    }

    /// False when there are fewer.
    func skip(_ count: Int) throws -> Bool {
        var rest = count
        while rest > 0 {
            guard try fill(1) else { return false }
            let step = min(rest, available)
            consume(step)
            rest -= step
        }
        return true
    }

    /// What is at hand, at most so many; nil at the end.
    func takeStretch(maximum: Int = .max) throws -> [UInt8]? {
        guard try fill(1) else { return nil }
        return try take(min(available, maximum))
    }
}
