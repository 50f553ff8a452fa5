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
