/// The bytes of a file as UTF-8 without a mark at the beginning: a file in UTF-16, as Excel's "Unicode text" is, says so in
/// its first two bytes.
struct UTF8Bytes: ByteSource {
    private enum Form { case utf8, utf16(isBigEndian: Bool) }

    private var source: any ByteSource
    /// Nil until the first bytes are read.
    private var form: Form?
    /// Of UTF-16: the beginning of a character whose end is in the next stretch.
    private var rest: [UInt8] = []

    init(_ source: any ByteSource) { self.source = source }

    mutating func rewind() throws {
        try source.rewind()
        (form, rest) = (nil, [])
    }

    mutating func next() throws -> [UInt8]? {
        while true {
            guard var bytes = form == nil ? try beginning() : try source.next() else {
                // What is left is half a character.
                defer { rest = [] }
                return rest.isEmpty ? nil : Array("\u{FFFD}".utf8)
            }
            if case .utf16(let isBigEndian) = form {
                bytes = decode(rest + bytes, isBigEndian)
            }
            if !bytes.isEmpty { return bytes }
        }
    }

    /// The first stretch behind the mark, in which the mark would be as a whole.
    private mutating func beginning() throws -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < 3, let more = try source.next() { bytes += more }
        guard !bytes.isEmpty else { return nil }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            form = .utf16(isBigEndian: bytes[0] == 0xFE)
            return Array(bytes.dropFirst(2))
        }
        form = .utf8
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        return bytes
    }

    /// What cannot be a character becomes U+FFFD, as everywhere.
    private mutating func decode(_ bytes: [UInt8], _ isBigEndian: Bool) -> [UInt8] {
        let (high, low) = isBigEndian ? (0, 1) : (1, 0)
        func unit(at index: Int) -> UInt16 { UInt16(bytes[index + high]) << 8 | UInt16(bytes[index + low]) }
        var end = bytes.count & ~1
        // The first half of a pair waits for the second.
        if end > 0, UTF16.isLeadSurrogate(unit(at: end - 2)) { end -= 2 }
        rest = Array(bytes[end...])
        var text: [UInt8] = []
        text.reserveCapacity(end / 2 + 8)
        let units = stride(from: 0, to: end, by: 2).lazy.map { unit(at: $0) }
        _ = transcode(units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: false) { text.append($0) }
        return text
    }
}
