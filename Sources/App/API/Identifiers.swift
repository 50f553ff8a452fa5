/// How tickers are written: 1 to 32 of `A-Z 0-9 . - =`, beginning with a letter, a digit or, as indices do, with `^`;
/// stored in upper case.
enum Ticker {
    static let pattern = "^[A-Za-z0-9^][A-Za-z0-9.=-]{0,31}$"

    static func canonical(_ text: String) -> String? {
        // Of letters beyond ASCII some have capitals within it.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let upper = text.uppercased()
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard (1...32).contains(upper.utf8.count),
            upper.utf8.first.map({ isLetterOrDigit($0) || $0 == UInt8(ascii: "^") }) == true,
            upper.utf8.dropFirst().allSatisfy({ isLetterOrDigit($0) || ".-=".utf8.contains($0) })
        else { return nil }
        return upper
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(String.UnicodeScalarView(scalars[first...last]))
    }
}

/// How amounts of money are written: whole units and two decimals, as the ledger has them.
enum Amount {
    /// Most digits before the point that may be sent: the ledger's columns hold three more.
    static let wholeDigits = 13
    static let sentPattern = "^[0-9]{1,\(wholeDigits)}(\\.[0-9]{1,2})?$"
    static let writtenPattern = "^[0-9]{1,\(wholeDigits + 3)}\\.[0-9]{2}$"

    /// - Returns: nil for what is no amount with at most two decimals.
    static func canonical(_ text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, (1...wholeDigits).contains(parts[0].utf8.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        let cents = parts.count == 2 ? parts[1] : "", whole = parts[0].drop { $0 == "0" }
        guard cents.utf8.count <= 2 else { return nil }
        return "\(whole.isEmpty ? "0" : whole)." + cents + String(repeating: "0", count: 2 - cents.utf8.count)
    }
}
