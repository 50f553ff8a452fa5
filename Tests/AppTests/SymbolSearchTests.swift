import JSON
import Postgres
import SeededNumbers
import TestSupport
import Testing

@testable import App

/// The search over indexes finds what a look at every symbol finds, in the same order.
@Suite struct SymbolSearchTests {
    struct Listed {
        let symbol: String, name: String, assetType: String

        /// How well it matches, from 0; nil: not at all.
        func rank(_ wanted: String) -> Int? {
            let wanted = wanted.uppercased(), name = name.uppercased()
            if symbol == wanted { return 0 }
            if symbol.hasPrefix(wanted) { return 1 }
            if " \(name)".contains(" \(wanted)") { return 2 }
            return "\(symbol) \(name)".contains(wanted) ? 3 : nil
        }
    }

    /// Few letters, so that everything matches something; with the characters that patterns take for their own.
    static let symbols: [Listed] = {
        var numbers = SplitMix(seed: 7), made: [String: Listed] = [:]
        let letters = Array("ABC."), words = ["Alpha", "Cab", "Ab%", "Ba_c", "Ac\\b", "Été", "Co", "B"]
        while made.count < 400 {
            var symbol = String((0..<numbers.next(in: 1...5)).map { _ in letters.randomElement(using: &numbers)! })
            guard symbol.first != "." else { continue }
            let isPair = numbers.next(in: 1...4) == 1
            if isPair { symbol = symbol.filter { $0 != "." } + "-USD" }
            let name = (0..<numbers.next(in: 1...3)).map { _ in words.randomElement(using: &numbers)! }
            made[symbol] = Listed(
                symbol: symbol, name: name.joined(separator: " "), assetType: isPair ? "CRYPTO" : "EQUITY")
        }
        return made.values.sorted { $0.symbol < $1.symbol }
    }()

    private static func installation() throws -> Installation {
        let installation = try Installation()
        var db = try installation.database.connect()
        for one in symbols {
            let pair = one.assetType == "CRYPTO" ? one.symbol.split(separator: "-").map { String($0) } : nil
            _ = try db.query(
                """
                INSERT INTO symbols (symbol, name, asset_type, base_asset, quote_asset) VALUES ($1, $2, $3, $4, $5)
                """,
                [
                    .text(one.symbol), .text(one.name), .text(one.assetType), pair.map { .text($0[0]) } ?? .null,
                    pair.map { .text($0[1]) } ?? .null,
                ])
        }
        return installation
    }

    private static let queries = [
        "", "A", "a", "AB", "ABC", "B", "CA", "CAB", "ALPHA", "alpha cab", "LPH", "%", "_", "\\", "B%", "A_C", "C\\B",
        "é",
        "été", ".", "A.", "USD", "-U", "B B", "nothing", "ABCABC",
    ]

    @Test func `finds what a look at every symbol finds`() throws {
        let browser = try Self.installation().browser()
        for wanted in Self.queries {
            for assetType in [nil, "EQUITY", "CRYPTO"] as [String?] {
                let expected = Self.symbols.filter { assetType == nil || $0.assetType == assetType }
                    .compactMap { one in (wanted.isEmpty ? 0 : one.rank(wanted)).map { (rank: $0, symbol: one.symbol) }
                    }
                    .sorted { ($0.rank, $0.symbol) < ($1.rank, $1.symbol) }.map(\.symbol)
                #expect(try Self.found(wanted, assetType, browser) == expected, "\(wanted), \(assetType ?? "all")")
            }
        }
    }

    /// Page by page.
    private static func found(_ wanted: String, _ assetType: String?, _ browser: TestBrowser) throws -> [String] {
        var found: [String] = [], offset = 0, hasMore = true
        while hasMore {
            var target = "/api/symbols/search?limit=37&offset=\(offset)&q=" + escaped(wanted)
            if let assetType { target += "&asset_type=\(assetType)" }
            let answer = try browser.send("GET", target)
            try #require(answer.status == 200, "\(answer.text)")
            let page = try #require(answer.object?["symbols"]?.arrayValue)
            found += page.compactMap { $0.objectValue?["symbol"]?.stringValue }
            hasMore = answer.object?["has_more"]?.boolValue ?? false
            offset += 37
        }
        return found
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
