internal import CZlib

/// The checksum of bytes behind others (CRC-32 of gzip and zip).
func checksum(_ before: UInt32, _ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer {
        UInt32(truncatingIfNeeded: crc32(UInt(before), $0.baseAddress, UInt32($0.count)))
    }
}

/// One stream of deflated data, in the memory of its window.
final class Inflater {
    enum Wrapping: Int32 {
        /// As zip has it.
        case none = -15
        case gzip = 31
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private let output = Output()
    private let name: String
    private(set) var isAtEnd = false

    init(_ wrapping: Wrapping, name: String) throws {
        self.name = name
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard zlib_start_inflating(stream, wrapping.rawValue) == Z_OK else {
            throw DecompressionError("there is no memory to unpack \(name) data")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Begins another stream.
    func restart() {
        inflateReset(stream)
        isAtEnd = false
    }

    /// The next stretch, taken from the feed byte by byte up to the end of the stream; nil there.
    func next(_ feed: Feed) throws -> [UInt8]? {
        while !isAtEnd {
            let isFed = try feed.fill(1)
            var status: Int32 = Z_OK
            let length = feed.available
            var left = 0
            let bytes = output.bytes { output in
                feed.withAvailable { input in
                    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                    stream.pointee.avail_in = UInt32(clamping: input.count)
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(output.count)
                    status = inflate(stream, Z_NO_FLUSH)
                    left = Int(stream.pointee.avail_in)
                }
                return output.count - Int(stream.pointee.avail_out)
            }
            feed.consume(length - left)
            switch status {
            case Z_STREAM_END: isAtEnd = true
            case Z_OK: break
            case Z_BUF_ERROR where isFed: break
            case Z_BUF_ERROR: throw DecompressionError("the \(name) data ends too early")
            default: throw DecompressionError("the \(name) data is damaged")
            }
            if !bytes.isEmpty { return bytes }
            if !isFed, !isAtEnd { throw DecompressionError("the \(name) data ends too early") }
        }
        return nil
    }
}

extension Feed {
    /// What is at hand, in place.
    fileprivate func withAvailable(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        buffer.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[position...])) }
    }
}

/// gzip (RFC 1952), one member or several.
final class GzipLayer: Layer {
    let name = "gzip"
    private let feed: Feed
    private var inflater: Inflater?

    init(_ feed: Feed) { self.feed = feed }

    func next() throws -> [UInt8]? {
        let inflater = try self.inflater ?? Inflater(.gzip, name: name)
        self.inflater = inflater
        while true {
            if let bytes = try inflater.next(feed) { return bytes }
            // Zeros fill the last block of a tape.
            while try feed.fill(1), feed.buffer[feed.position] == 0 { feed.consume(1) }
            guard try feed.fill(1) else { return nil }
            guard try feed.starts(with: [0x1F, 0x8B]) else {
                throw DecompressionError("something follows the gzip data")
            }
            inflater.restart()
        }
    }
}
