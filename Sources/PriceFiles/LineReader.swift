/// Lines ended by LF, CRLF or CR, in the memory of one of them and a stretch. An empty rest after the last end is no line.
struct LineReader {
    private var source: any ByteSource
    private(set) var buffer: [UInt8] = []
    /// Where the next line begins, and how far no end was found.
    private var position = 0, searched = 0
    private var isAtEnd = false, isAfterReturn = false
    /// Of the line last given, from 1.
    private(set) var number = 0

    /// A longer line is none of a table of prices.
    static let longest = 1 << 20

    init(_ source: any ByteSource) throws {
        self.source = source
        try self.source.rewind()
        try fill()
    }

    /// The next line as a range of ``buffer``, valid until the next call; nil after the last one.
    mutating func next() throws -> Range<Int>? {
        if isAfterReturn {
            isAfterReturn = false
            if position == buffer.count { try fill() }
            if position < buffer.count, buffer[position] == UInt8(ascii: "\n") { position += 1 }
            searched = position
        }
        while true {
            if let end = end(from: searched) {
                let line = position..<end
                isAfterReturn = buffer[end] == UInt8(ascii: "\r")
                (position, searched) = (end + 1, end + 1)
                number += 1
                return line
            }
            searched = buffer.count
            guard searched - position <= Self.longest else {
                throw ReadingRefusal("the line is longer than \(Self.longest) bytes", line: number + 1)
            }
            guard !isAtEnd else { break }
            try fill()
        }
        guard position < buffer.count else { return nil }
        defer { position = buffer.count }
        number += 1
        return position..<buffer.count
    }

    private func end(from start: Int) -> Int? {
        let bytes = buffer.span
        var at = start
        while at < bytes.count {
            // Nearly all bytes are above both.
            let byte = bytes[at]
            if byte <= UInt8(ascii: "\r"), byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { return at }
            at += 1
        }
        return nil
    }

    /// What was handed out is let go; what is left moves to the front.
    private mutating func fill() throws {
        guard let more = try source.next() else {
            isAtEnd = true
            return
        }
        if position == buffer.count { buffer = more } else { buffer = buffer[position...] + more }
        (position, searched) = (0, searched - position)
    }

    /// The first bytes of the file, as many as the first stretch has.
    var beginning: ArraySlice<UInt8> { buffer[position...] }
}
