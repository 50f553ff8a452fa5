/// Bounds that are checked before they cost anything.
public struct ParseLimits: Sendable {
    public var maxBytes: Int
    /// Arrays and objects inside each other. Values above 512 are taken as 512: the parser recurses.
    public var maxDepth: Int
    /// Arrays and objects in all. One of two bytes costs as much as a hundred bytes of text, and nobody writes documents of
    /// nothing else: so one for every eight bytes there may be, and at least a thousand.
    public var maxContainers: Int { max(1_000, maxBytes / 8) }

    public init(maxBytes: Int = 262_144, maxDepth: Int = 32) {
        self.maxBytes = maxBytes
        self.maxDepth = min(maxDepth, 512)
    }
}

/// The first thing wrong with a document, and where.
public struct ParseError: Error, Equatable {
    public enum Code: String, Sendable {
        case tooLarge
        case tooDeep
        case tooManyContainers
        case byteOrderMark
        case unexpectedEnd
        case unexpectedByte
        case trailingBytes
        case duplicateKey
        case invalidNumber
        case invalidEscape
        case controlCharacter
        case nullCharacter
        case loneSurrogate
        case invalidUTF8
        case combiningMarks
    }
    public let code: Code
    /// A sentence part for people: what was found and what was expected.
    public let message: String
    /// Bytes before the fault.
    public let offset: Int
    /// Counted from 1; the column in code points.
    public let line: Int
    public let column: Int
    /// The value that was being read, like `a.b[3]`; empty for the document itself.
    public let path: String

    init(_ code: Code, _ message: String, at offset: Int, in bytes: [UInt8], path: String) {
        self.code = code
        self.message = message
        self.offset = offset
        self.path = path
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {  // continuation bytes belong to the code point before
                column += 1
            }
        }
        self.line = line
        self.column = column
    }
}
