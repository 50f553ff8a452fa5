/// What a file that is downloaded is called: by what it holds, from the general to the particular, with the page's own rule:
/// `nvda-1d-2015-01-02-2024-12-31-dip-buyer-v2-equity.csv`.
struct FileName: CustomStringConvertible {
    /// Code points of one part: one such part of any script leaves room for the others in the 255 bytes of a name.
    private static let longest = 40

    private let parts: [String]
    private let type: String

    /// - Parameter type: behind the last point.
    init(_ parts: String..., type: String) { (self.parts, self.type) = (parts, type) }

    var description: String { joined { $0.isWordPart } }

    /// The value of `Content-Disposition` (RFC 6266): who does not read the second name takes the first.
    var disposition: String {
        let name = description, plain = joined { $0.isASCII && $0.isWordPart }
        let first = "attachment; filename=\"\(plain)\""
        return name == plain ? first : first + "; filename*=UTF-8''" + Self.percentEncoded(name)
    }

    private func joined(_ isKept: (Unicode.Scalar) -> Bool) -> String {
        parts.map { Self.slug($0, isKept) }.filter { !$0.isEmpty }.joined(separator: "-") + "." + type
    }

    /// What is kept, in small letters; what lies between becomes a dash.
    private static func slug(_ part: String, _ isKept: (Unicode.Scalar) -> Bool) -> String {
        let words = part.lowercased().unicodeScalars.split { !isKept($0) }
        let whole = words.map { String($0) }.joined(separator: "-").unicodeScalars.prefix(longest)
        return String(String.UnicodeScalarView(whole.last == "-" ? whole.dropLast() : whole))
    }

    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { encoded, byte in
            if byte < 0x80 {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}

extension Unicode.Scalar {
    /// Letters, their marks and digits, of every script.
    fileprivate var isWordPart: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
            true
        default: false
        }
    }
}
