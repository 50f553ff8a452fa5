/// Just enough of SQL's surface to tell where one statement ends and the next begins: quotes, dollar quotes and
/// comments.
enum SQLStatements {
    /// The statements without their semicolons and without comments in front; empty ones left out.
    static func split(_ sql: String) -> [String] {
        let bytes = Array(sql.utf8)
        var statements: [String] = []
        var start: Int?  // of the statement under way: its first byte that is neither blank nor comment
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if let end = endOfComment(bytes, index) {
                index = end
            } else if byte == UInt8(ascii: ";") {
                if let start { statements.append(String(decoding: bytes[start..<index], as: UTF8.self)) }
                start = nil
                index += 1
            } else if isBlank(byte) {
                index += 1
            } else {
                start = start ?? index
                index = endOfQuote(bytes, index) ?? index + 1
            }
        }
        if let start { statements.append(String(decoding: bytes[start...], as: UTF8.self)) }
        return statements
    }

    /// The first words of a statement in lower case.
    static func leadingWords(_ statement: String, count: Int) -> [String] {
        statement.split(maxSplits: count, whereSeparator: \.isWhitespace).prefix(count).map { $0.lowercased() }
    }

    private static func endOfComment(_ bytes: [UInt8], _ index: Int) -> Int? {
        guard index + 1 < bytes.count else { return nil }
        switch (bytes[index], bytes[index + 1]) {
        case (UInt8(ascii: "-"), UInt8(ascii: "-")):
            return bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        case (UInt8(ascii: "/"), UInt8(ascii: "*")):
            var depth = 1  // in SQL such comments nest
            var index = index + 2
            while index < bytes.count, depth > 0 {
                let next = index + 1 < bytes.count ? bytes[index + 1] : 0
                if bytes[index] == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
                    depth += 1
                    index += 2
                } else if bytes[index] == UInt8(ascii: "*"), next == UInt8(ascii: "/") {
                    depth -= 1
                    index += 2
                } else {
                    index += 1
                }
            }
            return index
        default: return nil
        }
    }

    /// Past the quoted text that begins here, if one does.
    private static func endOfQuote(_ bytes: [UInt8], _ index: Int) -> Int? {
        let quote = bytes[index]
        if quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
            // A doubled quote ends one text and begins the next: the same to us. E'...' knows backslashes.
            let escapes = quote == UInt8(ascii: "'") && index > 0 && bytes[index - 1] | 0x20 == UInt8(ascii: "e")
            var index = index + 1
            while index < bytes.count, bytes[index] != quote {
                index += escapes && bytes[index] == UInt8(ascii: "\\") ? 2 : 1
            }
            return min(index + 1, bytes.count)
        }
        guard quote == UInt8(ascii: "$"), index == 0 || !isName(bytes[index - 1]),
            let close = bytes[(index + 1)...].firstIndex(where: { !isName($0) }), bytes[close] == quote
        else { return nil }
        let tag = bytes[index...close]
        var index = close + 1
        while index + tag.count <= bytes.count {
            if bytes[index..<index + tag.count].elementsEqual(tag) { return index + tag.count }
            index += 1
        }
        return bytes.count
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    private static func isName(_ byte: UInt8) -> Bool {
        (97...122).contains(byte | 0x20) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
    }
}
