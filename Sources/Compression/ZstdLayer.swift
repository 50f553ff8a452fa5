internal import CZstd

/// Zstandard (RFC 8878), one frame or several.
final class ZstdLayer: Layer {
    let name = "zstd"
    private let feed: Feed
    private let context: OpaquePointer
    private let output = Output()
    /// Whether a frame has begun and not ended.
    private var isInFrame = false

    /// Frames that ask for more memory than 2^25 bytes are refused.
    private static let windowBits: Int32 = 25

    init(_ feed: Feed) throws {
        self.feed = feed
        guard let context = ZSTD_createDCtx() else {
            throw DecompressionError("there is no memory to unpack zstd data")
        }
        self.context = context
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowBits)
    }

    deinit { ZSTD_freeDCtx(context) }

    func next() throws -> [UInt8]? {
        while true {
            guard try feed.fill(1) || isInFrame else { return nil }
            let isFed = feed.available > 0
            var used = 0, result = 0
            let bytes = output.bytes { output in
                feed.buffer.withUnsafeBufferPointer { whole in
                    let rest = UnsafeBufferPointer(rebasing: whole[feed.position...])
                    var input = ZSTD_inBuffer(src: rest.baseAddress, size: rest.count, pos: 0)
                    var out = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                    result = ZSTD_decompressStream(context, &out, &input)
                    used = input.pos
                    return out.pos
                }
            }
            guard ZSTD_isError(result) == 0 else {
                throw DecompressionError(
                    "the zstd data is damaged, or needs more than \(1 << Self.windowBits) bytes of memory")
            }
            feed.consume(used)
            isInFrame = result != 0
            if !bytes.isEmpty { return bytes }
            if !isFed, isInFrame { throw DecompressionError("the zstd data ends too early") }
        }
    }
}
