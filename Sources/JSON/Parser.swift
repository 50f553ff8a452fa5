/// Reads one document by RFC 8259, strictly.
///
/// Also refused: a byte order mark, duplicate keys, lone surrogates, U+0000, invalid UTF-8, text that is not stream-safe
/// (``Swift/String/isStreamSafe``), trailing bytes.
public func parse(_ bytes: [UInt8], limits: ParseLimits = .init()) throws(ParseError) -> Value {
    guard bytes.count <= limits.maxBytes else {
        // The place of the fault is the first byte over; its line is not worth a walk over a hostile document.
        throw ParseError(
            .tooLarge, "the document is larger than \(limits.maxBytes) bytes", at: 0, in: [], path: "")
    }
    var parser = Parser(bytes: bytes, limits: limits)
    do throws(FirstError) { return try parser.document() } catch { throw parser.told(error) }
}

/// What is wrong and where in the bytes; the rest of a ``ParseError`` is found when there is one.
private struct FirstError: Error {
    let code: ParseError.Code
    let message: String
    let offset: Int
}

private struct Parser {
    let bytes: [UInt8]
    let limits: ParseLimits
    var position = 0
    /// Arrays and objects that have begun.
    var containers = 0
    /// Containers around this place.
    var depth = 0
    /// The way to a fault, from it to the outside: each container adds its step when the fault passes through.
    var path: [Step] = []

    /// Into a container.
    enum Step {
        /// Whose name, a string that has been read, begins here.
        case member(at: Int)
        case element(Int)
    }

    mutating func document() throws(FirstError) -> Value {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw error(.byteOrderMark, "the document starts with a byte order mark")
        }
        skipWhiteSpace()
        let value = try value()
        skipWhiteSpace()
        guard position == bytes.count else { throw error(.trailingBytes, "unexpected text after the document") }
        return value
    }

    mutating func value() throws(FirstError) -> Value {
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

    mutating func object() throws(FirstError) -> Value {
        try enter()
        if take(UInt8(ascii: "}")) { return .object(leave(Object())) }
        var seen = Names()
        // The first by itself: most arrays and objects are small, and this one's room is exactly what it needs.
        var members = [try member(&seen, after: [])]
        skipWhiteSpace()
        while take(UInt8(ascii: ",")) {
            skipWhiteSpace()
            members.append(try member(&seen, after: members))
            skipWhiteSpace()
        }
        guard take(UInt8(ascii: "}")) else { throw unexpected("a comma or a closing brace") }
        return .object(leave(Object(distinct: members)))
    }

    mutating func member(
        _ seen: inout Names, after members: [(name: String, value: Value)]
    ) throws(FirstError) -> (name: String, value: Value) {
        guard peek() == UInt8(ascii: "\"") else { throw unexpected("a member name") }
        let start = position
        let name = try string()
        do throws(FirstError) {
            guard seen.insert(name, after: members) else {
                throw error(.duplicateKey, "the member occurs twice", at: start)
            }
            skipWhiteSpace()
            guard take(UInt8(ascii: ":")) else { throw unexpected("a colon") }
            skipWhiteSpace()
            return (name, try value())
        } catch {
            path.append(.member(at: start))
            throw error
        }
    }

    mutating func array() throws(FirstError) -> Value {
        try enter()
        if take(UInt8(ascii: "]")) { return .array(leave([])) }
        var elements = [try element(0)]
        skipWhiteSpace()
        while take(UInt8(ascii: ",")) {
            skipWhiteSpace()
            elements.append(try element(elements.count))
            skipWhiteSpace()
        }
        guard take(UInt8(ascii: "]")) else { throw unexpected("a comma or a closing bracket") }
        return .array(leave(elements))
    }

    mutating func element(_ number: Int) throws(FirstError) -> Value {
        do throws(FirstError) { return try value() } catch {
            path.append(.element(number))
            throw error
        }
    }

    /// Steps over the opening byte and what is white after it.
    mutating func enter() throws(FirstError) {
        guard depth < limits.maxDepth else {
            throw error(.tooDeep, "arrays and objects are nested deeper than \(limits.maxDepth)")
        }
        guard containers < limits.maxContainers else {
            throw error(.tooManyContainers, "there are more than \(limits.maxContainers) arrays and objects")
        }
        depth += 1
        containers += 1
        position += 1
        skipWhiteSpace()
    }

    mutating func leave<Container>(_ container: Container) -> Container {
        depth -= 1
        return container
    }

    // MARK: Scalars

    mutating func literal(_ text: StaticString, _ value: Value) throws(FirstError) -> Value {
        let count = text.utf8CodeUnitCount
        guard text.withUTF8Buffer({ bytes[position...].starts(with: $0) }) else { throw unexpected("a value") }
        position += count
        return value
    }

    mutating func number() throws(FirstError) -> Number {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if isDigit(peek()) { throw error(.invalidNumber, "a number has a leading zero", at: start) }
        } else if !skipDigits() {
            throw error(.invalidNumber, "a number has no digits", at: start)
        }
        if take(UInt8(ascii: ".")), !skipDigits() {
            throw error(.invalidNumber, "a number has no digits after its point", at: start)
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            if !skipDigits() { throw error(.invalidNumber, "a number has no digits in its exponent", at: start) }
        }
        return Number(token: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    mutating func string() throws(FirstError) -> String {
        position += 1
        let start = position
        // What stands for the bytes so far, when there is an escape among them.
        var unescaped: [UInt8] = []
        var stretch = position
        // The bits of every byte so far: while the highest is clear there is nothing to validate.
        var bits: UInt8 = 0
        while let byte = peek() {
            bits |= byte
            switch byte {
            case UInt8(ascii: "\""):
                let end = position
                if stretch > start { unescaped += bytes[stretch..<end] }
                let text =
                    try stretch > start
                    ? decoded(unescaped[...], of: start) : decoded(bytes[start..<end], bits, of: start)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                unescaped += bytes[stretch..<position]
                unescaped += UTF8.encode(try escape())!
                stretch = position
            case 0: throw error(.nullCharacter, "a string contains U+0000")
            case 1..<0x20: throw error(.controlCharacter, "a string contains an unescaped control character")
            default: position += 1
            }
        }
        throw unexpected("the end of the string")
    }

    mutating func escape() throws(FirstError) -> Unicode.Scalar {
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
        default: throw error(.invalidEscape, "a string contains an unknown escape", at: start)
        }
        let first = try hexadecimal(of: start)
        if first == 0 { throw error(.nullCharacter, "a string contains U+0000", at: start) }
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw lone(start) }
        let second = try hexadecimal(of: start)
        guard 0xDC00...0xDFFF ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw lone(start) }
        return scalar
    }

    func lone(_ start: Int) -> FirstError {
        error(.loneSurrogate, "a string contains half of a surrogate pair", at: start)
    }

    /// The four digits of the escape that starts at `start`.
    mutating func hexadecimal(of start: Int) throws(FirstError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error(.invalidEscape, "a \\u escape needs four hexadecimal digits", at: start)
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    /// - Parameters:
    ///   - text: what a string's bytes stand for. An escape is whole characters, and completes none that is half-written.
    ///   - bits: of all these bytes.
    ///   - start: where the string begins.
    func decoded(
        _ text: ArraySlice<UInt8>, _ bits: UInt8 = 0xFF, of start: Int
    ) throws(FirstError) -> String {
        if bits < 0x80 { return String(decoding: text, as: UTF8.self) }
        guard let string = String(validating: text, as: UTF8.self) else {
            var rest = bytes[start..<position].makeIterator()
            var parser = Unicode.UTF8.ForwardParser()
            var offset = start
            while case .valid(let scalar) = parser.parseScalar(from: &rest) { offset += scalar.count }
            throw error(.invalidUTF8, "a string is not valid UTF-8", at: offset)
        }
        guard string.isStreamSafe else {
            let message = "a string has more than \(String.maximumMarks) combining marks in a row"
            throw error(.combiningMarks, message, at: start)
        }
        return string
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

    // MARK: Errors

    func unexpected(_ wanted: String) -> FirstError {
        position < bytes.count
            ? error(.unexpectedByte, "expected \(wanted)")
            : error(.unexpectedEnd, "the document ends where \(wanted) was expected")
    }

    func error(_ code: ParseError.Code, _ message: String, at offset: Int? = nil) -> FirstError {
        FirstError(code: code, message: message, offset: min(offset ?? position, bytes.count))
    }

    func told(_ error: FirstError) -> ParseError {
        var text = ""
        for step in path.reversed() {
            switch step {
            case .member(let start):
                var reader = self
                reader.position = start
                let name = (try? reader.string()) ?? ""
                text += (text.isEmpty ? "" : ".") + name.shortened
            case .element(let index): text += "[\(index)]"
            }
        }
        return ParseError(error.code, error.message, at: error.offset, in: bytes, path: text)
    }
}
