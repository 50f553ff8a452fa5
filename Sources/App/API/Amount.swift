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
