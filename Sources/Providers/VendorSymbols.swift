extension String {
    /// Letters and digits of ASCII, upper case, one to twenty: what may stand in an address as it is.
    var isPlainCode: Bool {
        (1...20).contains(utf8.count) && utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 }
    }
}

/// A stored pair, `BTC-USD`.
struct Pair {
    let base: String
    let quote: String

    /// Nil for what is no such pair.
    init?(_ symbol: String) {
        let parts = symbol.split(separator: "-", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 2, parts.allSatisfy(\.isPlainCode) else { return nil }
        (base, quote) = (parts[0], parts[1])
    }
}

/// A share of an exchange of the United States.
struct USTicker {
    let root: String
    /// Of the share class, where there is one: the B of `BRK.B`.
    let share: String?

    /// Reads `AAPL`, `BRK.B`, `BRK-B`. Nil for indices, currencies and shares of other exchanges, which are told by what
    /// stands behind the point (`VOD.L`).
    init?(_ symbol: String) {
        let parts = symbol.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "-" }.map { String($0) }
        guard let root = parts.first, root.isPlainCode, root.utf8.count <= 5,
            root.utf8.allSatisfy({ 0x41...0x5A ~= $0 })
        else { return nil }
        guard parts.count == 1 || parts.count == 2 && Self.shares.contains(parts[1]) else { return nil }
        (self.root, share) = (root, parts.count == 2 ? parts[1] : nil)
    }

    private static let shares: Set = ["A", "B", "C", "D", "E", "K"]
}
