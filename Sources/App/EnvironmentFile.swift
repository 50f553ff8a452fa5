/// A file of variables as systemd reads it for `EnvironmentFile=` (systemd.exec(5)): a variable a line, `#` and `;` begin
/// comments, quotes hold white space, a backslash at the end goes on in the next line.
///
///     EnvironmentFile("A=1\nB='two words'\n").variables  // ["A": "1", "B": "two words"]
public struct EnvironmentFile: Equatable, Sendable {
    /// Where the service's is installed.
    public static let standardPath = "/etc/bitstockerz/bitstockerz.env"

    /// The last value of each name.
    public private(set) var variables: [String: String] = [:]
    /// Lines, counted from 1, that systemd passes over because they begin with no name.
    public private(set) var unreadableLines: [Int] = []

    public init(_ text: String) {
        var rest = Array(text.unicodeScalars)[...]
        var line = 1
        while let first = rest.first {
            if first == "\n" {
                line += 1
                rest.removeFirst()
            } else if Self.isBlank(first) {
                rest.removeFirst()
            } else {
                let start = line
                let isComment = first == "#" || first == ";"
                let name = isComment ? nil : Self.name(&rest)
                let value = Self.value(&rest, isComment: isComment, &line)
                if isComment { continue }
                if let name { variables[name] = value } else { unreadableLines.append(start) }
            }
        }
    }

    /// Takes the name and the equals sign; nil when there is none in this line, of which nothing is taken then.
    private static func name(_ rest: inout ArraySlice<Unicode.Scalar>) -> String? {
        guard let end = rest.firstIndex(where: { $0 == "=" || $0 == "\n" }), rest[end] == "=" else { return nil }
        let name = text(rest[..<end])
        let isName = name.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
            default: false
            }
        }
        guard isName, !name.isEmpty else { return nil }
        rest = rest[(end + 1)...]
        return name
    }

    /// Takes the rest of the line, and what it goes on with in the next ones.
    private static func value(
        _ rest: inout ArraySlice<Unicode.Scalar>, isComment: Bool, _ line: inout Int
    ) -> String {
        var value = String.UnicodeScalarView()
        // A quote means something before the first plain character only.
        var isPlain = isComment
        var quote: Unicode.Scalar?
        var plainEnd = 0
        while let scalar = rest.first, scalar != "\n" || quote != nil {
            rest.removeFirst()
            if scalar == "\n" { line += 1 }
            if scalar == "\\", quote != "'", let next = rest.first {
                rest.removeFirst()
                if next == "\n" {
                    line += 1
                    continue
                }
                if quote == "\"", !"\"\\`$".unicodeScalars.contains(next) { value.append(scalar) }
                value.append(next)
                isPlain = isPlain || quote == nil
                plainEnd = value.count
            } else if scalar == quote {
                quote = nil
            } else if quote == nil, !isPlain, scalar == "'" || scalar == "\"" {
                quote = scalar
            } else if quote == nil, isBlank(scalar) {
                if isPlain { value.append(scalar) }
            } else {
                value.append(scalar)
                isPlain = isPlain || quote == nil
                plainEnd = value.count
            }
        }
        return String(String.UnicodeScalarView(value.prefix(plainEnd)))
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var scalars = scalars
        while let last = scalars.last, isBlank(last) { scalars.removeLast() }
        return String(String.UnicodeScalarView(scalars))
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || scalar == "\r" }
}
