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
        if let outer = layers.first {
            // Counted where it can grow.
            let inner = Feed { [unowned self] in try self.counted(outer.next()) }
            layers.append(PlainLayer(inner))
            guard try TarLayer.begins(inner) else { return layers }
            layers.append(TarLayer(inner))
        } else {
            guard try TarLayer.begins(feed) else { return [] }
            layers.append(TarLayer(feed))
        }
        wrappings.append("tar")
        return layers
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
    func takeStretch(atMost most: Int = .max) throws -> [UInt8]? {
        guard try fill(1) else { return nil }
        return try take(min(available, most))
    }
}
