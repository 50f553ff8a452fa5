/// Reads one document by RFC 8259, strictly.
///
/// Also refused: a byte order mark, duplicate keys, lone surrogates, U+0000, invalid UTF-8, trailing bytes.
public func parse(_ bytes: [UInt8], limits: ParseLimits = .init()) throws(ParseError) -> Value {
    guard bytes.count <= limits.maxBytes else {
        // The place of the fault is the first byte over; its line is not worth a walk over a hostile document.
        throw ParseError(
            .tooLarge, "the document is larger than \(limits.maxBytes) bytes", at: 0, in: [], path: "")
    }
    var parser = Parser(bytes: bytes, maxDepth: limits.maxDepth)
    return try parser.document()
}

private struct Parser {
    let bytes: [UInt8]
    let maxDepth: Int
    var position = 0
    var path: [Step] = []

    enum Step {
        case member(String)
        case element(Int)
    }

    mutating func document() throws(ParseError) -> Value {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw fault(.byteOrderMark, "the document starts with a byte order mark")
        }
        skipWhiteSpace()
        let value = try value()
        skipWhiteSpace()
        guard position == bytes.count else { throw fault(.trailingBytes, "unexpected text after the document") }
        return value
    }

    mutating func value() throws(ParseError) -> Value {
        switch peek() {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"): return .number(try number())
        case let byte where isDigit(byte): return .number(try number())
        default: throw unexpected("a value")
        }
    }

    // MARK: Containers

    mutating func object() throws(ParseError) -> Value {
        try enter()
        var members: [(name: String, value: Value)] = []
        // A linear search is quickest for the objects people write; a set keeps a hostile one from being quadratic.
        var seen: Set<String> = []
        skipWhiteSpace()
        if take(UInt8(ascii: "}")) { return .object(Object()) }
        repeat {
            skipWhiteSpace()
            guard peek() == UInt8(ascii: "\"") else { throw unexpected("a member name") }
            let start = position
            let name = try string()
            path.append(.member(name))
            if members.count == 16 { seen = Set(members.map(\.name)) }
            let isNew =
                members.count < 16 ? !members.contains { $0.name == name } : seen.insert(name).inserted
            guard isNew else { throw fault(.duplicateKey, "the member occurs twice", at: start) }
            skipWhiteSpace()
            guard take(UInt8(ascii: ":")) else { throw unexpected("a colon") }
            skipWhiteSpace()
            members.append((name, try value()))
            path.removeLast()
            skipWhiteSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw unexpected("a comma or a closing brace") }
        return .object(Object(distinct: members))
    }

    mutating func array() throws(ParseError) -> Value {
        try enter()
        var elements: [Value] = []
        skipWhiteSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        repeat {
            skipWhiteSpace()
            path.append(.element(elements.count))
            elements.append(try value())
            path.removeLast()
            skipWhiteSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw unexpected("a comma or a closing bracket") }
        return .array(elements)
    }

    /// Steps over the opening byte. The path holds one step for each container around this one.
    mutating func enter() throws(ParseError) {
        guard path.count < maxDepth else {
            throw fault(.tooDeep, "arrays and objects are nested deeper than \(maxDepth)")
        }
        position += 1
    }

    // MARK: Scalars

    mutating func literal(_ text: StaticString, _ value: Value) throws(ParseError) -> Value {
        let count = text.utf8CodeUnitCount
        guard text.withUTF8Buffer({ bytes[position...].starts(with: $0) }) else { throw unexpected("a value") }
        position += count
        return value
    }

    mutating func number() throws(ParseError) -> Number {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if isDigit(peek()) { throw fault(.invalidNumber, "a number has a leading zero", at: start) }
        } else if !skipDigits() {
            throw fault(.invalidNumber, "a number has no digits", at: start)
        }
        if take(UInt8(ascii: ".")), !skipDigits() {
            throw fault(.invalidNumber, "a number has no digits after its point", at: start)
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            if !skipDigits() { throw fault(.invalidNumber, "a number has no digits in its exponent", at: start) }
        }
        return Number(token: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    mutating func string() throws(ParseError) -> String {
        position += 1
        var text = ""
        var start = position
        // The bits of every byte so far: while the highest is clear there is nothing to validate.
        var bits: UInt8 = 0
        while let byte = peek() {
            bits |= byte
            switch byte {
            case UInt8(ascii: "\""):
                let rest = try decoded(start..<position, isASCII: bits < 0x80)
                position += 1
                return text.isEmpty ? rest : text + rest
            case UInt8(ascii: "\\"):
                // Each stretch is checked alone: an escape must not complete a half-written character.
                text += try decoded(start..<position, isASCII: bits < 0x80)
                text.unicodeScalars.append(try escape())
                start = position
            case 0: throw fault(.nullCharacter, "a string contains U+0000")
            case 1..<0x20: throw fault(.controlCharacter, "a string contains an unescaped control character")
            default: position += 1
            }
        }
        throw unexpected("the end of the string")
    }

    mutating func escape() throws(ParseError) -> Unicode.Scalar {
        let start = position
        position += 1
        let letter = peek()
        position += 1
        switch letter {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw fault(.invalidEscape, "a string contains an unknown escape", at: start)
        }
        let first = try hexadecimal(of: start)
        if first == 0 { throw fault(.nullCharacter, "a string contains U+0000", at: start) }
        if let scalar = Unicode.Scalar(first) { return scalar }
        let lone = fault(.loneSurrogate, "a string contains half of a surrogate pair", at: start)
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw lone }
        let second = try hexadecimal(of: start)
        guard 0xDC00...0xDFFF ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw lone }
        return scalar
    }

    /// The four digits of the escape that starts at `start`.
    mutating func hexadecimal(of start: Int) throws(ParseError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault(.invalidEscape, "a \\u escape needs four hexadecimal digits", at: start)
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    func decoded(_ range: Range<Int>, isASCII: Bool) throws(ParseError) -> String {
        if isASCII { return String(decoding: bytes[range], as: UTF8.self) }
        if let text = String(validating: bytes[range], as: UTF8.self) { return text }
        var rest = bytes[range].makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        var offset = range.lowerBound
        while case .valid(let scalar) = parser.parseScalar(from: &rest) { offset += scalar.count }
        throw fault(.invalidUTF8, "a string is not valid UTF-8", at: offset)
    }

    // MARK: Bytes

    func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    mutating func skipWhiteSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// False when there was no digit.
    mutating func skipDigits() -> Bool {
        let start = position
        while isDigit(peek()) { position += 1 }
        return position > start
    }

    func isDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    // MARK: Faults

    func unexpected(_ wanted: String) -> ParseError {
        position < bytes.count
            ? fault(.unexpectedByte, "expected \(wanted)")
            : fault(.unexpectedEnd, "the document ends where \(wanted) was expected")
    }

    func fault(_ code: ParseError.Code, _ message: String, at offset: Int? = nil) -> ParseError {
        var text = ""
        for step in path {
            switch step {
            case .member(let name):
                text += (text.isEmpty ? "" : ".") + name.shortened
            case .element(let index): text += "[\(index)]"
            }
        }
        return ParseError(code, message, at: min(offset ?? position, bytes.count), in: bytes, path: text)
    }
}
