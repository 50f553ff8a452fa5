import JSON

/// One CBOR item (RFC 8949), of the kinds an authenticator may send.
package enum CBOR: Equatable, Sendable {
    case unsigned(UInt64)
    /// -1 - n.
    case negative(UInt64)
    case bytes([UInt8])
    case text(String)
    case array([CBOR])
    case map(CBORMap)
    case bool(Bool)
    case null

    /// An integer that fits; nil for other items.
    var int: Int? {
        switch self {
        case .unsigned(let value): Int(exactly: value)
        case .negative(let value): Int(exactly: value).map { -1 - $0 }
        default: nil
        }
    }

    var bytesValue: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
    var textValue: String? { if case .text(let value) = self { value } else { nil } }
    var arrayValue: [CBOR]? { if case .array(let value) = self { value } else { nil } }
    var mapValue: CBORMap? { if case .map(let value) = self { value } else { nil } }
}

/// Entries in the order they were written; no key occurs twice.
package struct CBORMap: Equatable, Sendable {
    let entries: [(key: CBOR, value: CBOR)]
    /// Whether the keys are sorted as CTAP2 canonical CBOR wants them: by major type, then length, then bytes.
    let isSorted: Bool

    var count: Int { entries.count }

    subscript(_ key: CBOR) -> CBOR? {
        for entry in entries where entry.key == key { return entry.value }
        return nil
    }

    subscript(_ name: String) -> CBOR? { self[.text(name)] }

    subscript(_ label: Int) -> CBOR? {
        self[label < 0 ? .negative(UInt64(-1 - label)) : .unsigned(UInt64(label))]
    }

    package static func == (a: CBORMap, b: CBORMap) -> Bool {
        a.entries.count == b.entries.count
            && zip(a.entries, b.entries).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    }
}

/// Why bytes are not the CBOR we take.
package struct CBORError: Error, Equatable {
    package enum Code: Equatable, Sendable {
        case tooLarge, tooDeep, unexpectedEnd, trailingBytes
        /// A length or an integer in more bytes than it needs, or of no fixed length.
        case notShortest, indefiniteLength
        case duplicateKey
        /// Not UTF-8, or not stream-safe.
        case invalidText
        /// A tag, a float, `undefined` or another simple value: nothing here is made of them.
        case unsupportedItem
    }
    let code: Code
    /// Bytes before the fault.
    let offset: Int
}

/// Reads CBOR as CTAP2 canonical encoding writes it: definite and shortest lengths, no tags, no duplicate keys.
///
/// The order of keys is only recorded (``CBORMap/isSorted``). The credential public key and the extensions must have it,
/// because an authenticator wrote and signed them; the attestation object need not, because clients put that together,
/// and some write `authData` before `attStmt`.
package struct CBORReader {
    /// Of nested arrays and maps. An attestation object has three, and the standard's own limit for messages is four.
    static let maxDepth = 8
    package static let maxBytes = 65_536

    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var depth = 0

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The one item that `bytes` are, to the last byte.
    package static func item(of bytes: some Collection<UInt8>) throws(CBORError) -> CBOR {
        guard bytes.count <= maxBytes else { throw CBORError(code: .tooLarge, offset: 0) }
        var reader = CBORReader(ArraySlice(bytes))
        let item = try reader.item()
        guard reader.isAtEnd else { throw reader.error(.trailingBytes) }
        return item
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    /// Where the next item starts, as an index of the slice.
    var index: Int { position }

    mutating func item() throws(CBORError) -> CBOR {
        let start = position
        let head = try byte()
        let major = head >> 5
        if major == 7 {
            switch head {
            case 0xF4: return .bool(false)
            case 0xF5: return .bool(true)
            case 0xF6: return .null
            default: throw error(.unsupportedItem, at: start)
            }
        }
        let argument = try argument(of: head, at: start)
        switch major {
        case 0: return .unsigned(argument)
        case 1: return .negative(argument)
        case 2: return .bytes(Array(try take(argument)))
        case 3:
            guard let text = String(validating: try take(argument), as: UTF8.self), text.isStreamSafe else {
                throw error(.invalidText, at: start)
            }
            return .text(text)
        case 4: return .array(try elements(argument, at: start))
        case 5: return .map(try entries(argument, at: start))
        default: throw error(.unsupportedItem, at: start)
        }
    }

    private mutating func elements(_ count: UInt64, at start: Int) throws(CBORError) -> [CBOR] {
        try enter(at: start, minimum: count)
        var elements: [CBOR] = []
        for _ in 0..<count { elements.append(try item()) }
        depth -= 1
        return elements
    }

    private mutating func entries(_ count: UInt64, at start: Int) throws(CBORError) -> CBORMap {
        try enter(at: start, minimum: count > .max / 2 ? .max : count * 2)
        var entries: [(key: CBOR, value: CBOR)] = []
        var isSorted = true
        // Where the keys stand. Sorted ones are new when they differ from the last; only a map out of order has to look
        // at all of them, and none is read twice: maps in maps would double that at every level.
        var keys: [Range<Int>] = []
        var seen: Set<ArraySlice<UInt8>> = []
        for _ in 0..<count {
            let keyStart = position
            let key = try item()
            let encoded = keyStart..<position
            if isSorted, let last = keys.last, !precedes(bytes[last], bytes[encoded]) {
                isSorted = false
                seen = Set(keys.map { bytes[$0] })
            }
            if !isSorted, !seen.insert(bytes[encoded]).inserted { throw error(.duplicateKey, at: keyStart) }
            entries.append((key, try item()))
            keys.append(encoded)
        }
        depth -= 1
        return CBORMap(entries: entries, isSorted: isSorted)
    }

    /// - Parameter count: items that must follow, one byte each or more: a count the bytes cannot hold reserves nothing.
    private mutating func enter(at start: Int, minimum count: UInt64) throws(CBORError) {
        guard depth < Self.maxDepth else { throw error(.tooDeep, at: start) }
        guard count <= UInt64(bytes.endIndex - position) else { throw error(.unexpectedEnd, at: start) }
        depth += 1
    }

    private mutating func argument(of head: UInt8, at start: Int) throws(CBORError) -> UInt64 {
        let information = head & 31
        if information < 24 { return UInt64(information) }
        guard information != 31 else { throw error(.indefiniteLength, at: start) }
        guard information < 28 else { throw error(.unsupportedItem, at: start) }
        let width = 1 << Int(information - 24)
        var value: UInt64 = 0
        for byte in try take(UInt64(width)) { value = value << 8 | UInt64(byte) }
        let smallest: UInt64 = width == 1 ? 24 : 1 << UInt64(width * 4)
        guard value >= smallest else { throw error(.notShortest, at: start) }
        return value
    }

    private mutating func byte() throws(CBORError) -> UInt8 {
        guard position < bytes.endIndex else { throw error(.unexpectedEnd) }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func take(_ count: UInt64) throws(CBORError) -> ArraySlice<UInt8> {
        guard count <= UInt64(bytes.endIndex - position) else { throw error(.unexpectedEnd) }
        let end = position + Int(count)
        defer { position = end }
        return bytes[position..<end]
    }

    private func error(_ code: CBORError.Code, at index: Int? = nil) -> CBORError {
        CBORError(code: code, offset: (index ?? position) - bytes.startIndex)
    }
}

/// CTAP2's order of keys. The first byte holds the major type; of two keys of one type the shorter comes first.
private func precedes(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Bool {
    let (majorA, majorB) = (a.first.map { $0 >> 5 } ?? 0, b.first.map { $0 >> 5 } ?? 0)
    if majorA != majorB { return majorA < majorB }
    if a.count != b.count { return a.count < b.count }
    return a.lexicographicallyPrecedes(b)
}
