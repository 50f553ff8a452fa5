internal import JSON

/// The records of a JSON document of any size: its innermost arrays and objects, each a row. What is around them, such as
/// `{"result":{"XXBTZUSD":[...]}}`, does not matter, but that it is well-formed as far as brackets go.
struct JSONRows: Rows {
    private var source: any ByteSource
    private var chunk: [UInt8] = []
    private var position = 0
    /// The record in the making.
    private var record: [UInt8] = []
    private var isRecording = false
    private var isInString = false, isEscaped = false
    private var brackets: [UInt8] = []
    /// The string read last, and whether a colon followed it.
    private var text: [UInt8] = [], isName = false

    private(set) var bytes: [UInt8] = []
    private(set) var cells: [Range<Int>] = []
    /// Of an object; nil for an array.
    private(set) var names: [String]?
    /// The number of the record last given, from 1.
    private(set) var line = 0
    /// Arranges the members of every object as those of the first.
    private let order: [String]?
    /// Of the object that was parsed last, the name that it was found under in front; and as they are written. Empty where they
    /// are in another order.
    private var objectNames: [String] = [], writtenNames: [[UInt8]] = []

    private static let longest = 65_536
    private static let deepest = 64
    /// How the member that a record was found under is called among its cells, as days are in Alpha Vantage's answers.
    static let key = "(name)"

    init(_ source: any ByteSource, order: [String]? = nil) throws {
        (self.source, self.order) = (source, order)
        try self.source.rewind()
    }

    /// False after the last record.
    mutating func next() throws -> Bool {
        while true {
            while position < chunk.count {
                if isRecording, !isEscaped { try recordPlain() }
                guard position < chunk.count else { break }
                let byte = chunk[position]
                position += 1
                if try take(byte) { return true }
            }
            guard let more = try source.next() else {
                guard brackets.isEmpty, !isInString else {
                    throw ReadingRefusal("the document ends within a value: it is cut off")
                }
                return false
            }
            (chunk, position) = (more, 0)
        }
    }

    /// Takes all at once that neither ends a text or a record nor begins one.
    private mutating func recordPlain() throws {
        let end = plainEnd()
        guard record.count + end - position <= Self.longest else { throw tooLong }
        record += chunk[position..<end]
        position = end
    }

    private func plainEnd() -> Int {
        let bytes = chunk.span
        var end = position
        if isInString {
            while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\") { end += 1 }
        } else {
            while end < bytes.count, bytes[end] != UInt8(ascii: "\""), !Self.mayBeBracket(bytes[end]) { end += 1 }
        }
        return end
    }

    /// Whether all bits are set that all four have, and no other; of letters Y and y are so too.
    private static func mayBeBracket(_ byte: UInt8) -> Bool { byte & 0xD9 == 0x59 }

    private var tooLong: ReadingRefusal {
        ReadingRefusal("a record is longer than \(Self.longest) bytes", line: line + 1)
    }

    /// - Returns: whether this byte completes a record.
    private mutating func take(_ byte: UInt8) throws -> Bool {
        if isRecording {
            record.append(byte)
            guard record.count <= Self.longest else { throw tooLong }
        }
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
                return false
            }
            if !isRecording, text.count < 64 { text.append(byte) }
            return false
        }
        switch byte {
        case UInt8(ascii: "\""):
            isInString = true
            if !isRecording { text.removeAll(keepingCapacity: true) }
            isName = false
        case UInt8(ascii: ":"): isName = true
        case UInt8(ascii: ","): isName = false
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            guard brackets.count < Self.deepest else {
                throw ReadingRefusal("values are nested deeper than \(Self.deepest)")
            }
            brackets.append(byte)
            // What holds this one is no record; what was read of it is let go.
            recordKey = isRecording ? keyInRecord() : isName ? text : []
            record.removeAll(keepingCapacity: true)
            record.append(byte)
            isRecording = true
            isName = false
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            guard let open = brackets.popLast(),
                open == (byte == UInt8(ascii: "]") ? UInt8(ascii: "[") : UInt8(ascii: "{"))
            else { throw ReadingRefusal("a bracket is closed that was not opened", line: line + 1) }
            isName = false
            guard isRecording else { return false }
            isRecording = false
            return try finish()
        default: break
        }
        return false
    }

    /// The name that stands before the bracket just read, inside of what was taken for a record until now.
    private func keyInRecord() -> [UInt8] {
        var rest = record.dropLast()
        while let last = rest.last, last <= 0x20 || last == UInt8(ascii: ":") { rest.removeLast() }
        guard rest.last == UInt8(ascii: "\"") else { return [] }
        rest.removeLast()
        guard let quote = rest.lastIndex(of: UInt8(ascii: "\"")) else { return [] }
        return Array(rest[(quote + 1)...])
    }

    private var recordKey: [UInt8] = []

    private mutating func finish() throws -> Bool {
        defer { recordKey = [] }
        if cutPlain() {
            line += 1
            return true
        }
        let value: Value
        do { value = try parse(record) } catch { throw ReadingRefusal("\(error.message)", line: line + 1) }
        bytes.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        switch value {
        case .array(let elements):
            guard !elements.isEmpty else { return false }
            names = nil
            for element in elements { append(element) }
        case .object(let object):
            guard !object.isEmpty else { return false }
            objectNames = [Self.key] + object.names
            names = objectNames
            writtenNames = order ?? objectNames == objectNames ? object.names.map { Array($0.utf8) } : []
            for name in order ?? objectNames {
                append(name == Self.key ? .string(String(decoding: recordKey, as: UTF8.self)) : object[name] ?? .null)
            }
        default: return false
        }
        line += 1
        return true
    }

    /// Cuts the record where it stands.
    ///
    /// - Returns: false where that takes the parser.
    private mutating func cutPlain() -> Bool {
        let isObject = record.first == UInt8(ascii: "{")
        guard !isObject || !writtenNames.isEmpty else { return false }
        cells.removeAll(keepingCapacity: true)
        if isObject { cells.append(record.count..<record.count + recordKey.count) }
        guard PlainRecord.cut(record, names: isObject ? writtenNames : nil, into: &cells) else { return false }
        swap(&bytes, &record)
        if isObject { bytes += recordKey }
        names = isObject ? objectNames : nil
        return true
    }

    private mutating func append(_ value: Value) {
        let start = bytes.count
        switch value {
        case .string(let text): bytes += text.utf8
        case .number(let number): bytes += number.text.utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        default: break
        }
        cells.append(start..<bytes.count)
    }
}
