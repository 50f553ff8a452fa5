public import Market

/// A list of symbols as exchanges and vendors publish them: a table with a line of names, one symbol a line.
///
/// ```text
/// symbol,name,asset_type,exchange,currency
/// Symbol|Security Name|Market Category|Test Issue|...          (nasdaqlisted.txt)
/// ```
///
/// Only a column of symbols has to be there. A line is about one symbol, so nothing of it is guessed: what cannot be read is
/// refused by line, and the rest stands.
public struct SymbolDirectory: Sendable {
    public struct Entry: Equatable, Sendable {
        public let line: Int
        public let symbol: String
        /// nil: the file does not say.
        public let name: String?
        public let assetType: AssetType
        public let exchange: String?
        public let currency: String?
        /// nil: the file does not say.
        public let isActive: Bool?
    }

    public private(set) var entries: [Entry] = []
    public private(set) var refused: [RefusedLine] = []
    /// Test issues of an exchange, and what it says of the file itself.
    public private(set) var skipped = 0
    /// The columns that were recognised, with the names they have in the file.
    public let columns: [(column: String, name: String)]

    /// More are no directory.
    public static let maximumEntries = 1_000_000

    private enum Column: String, CaseIterable {
        case symbol, name
        case assetType = "asset_type"
        case exchange, currency
        case isActive = "is_active"
        case isTest = "test issue"

        /// As ``SymbolDirectory/plain(_:)`` gives them; the first that a file has counts.
        var names: [String] {
            switch self {
            case .symbol: ["symbol", "ticker", "code", "act symbol", "nasdaq symbol", "ticker symbol"]
            case .name: ["name", "security name", "company name", "company", "longname", "shortname", "description"]
            case .assetType: ["asset type", "assettype", "asset class", "type", "quotetype", "security type", "class"]
            case .exchange: ["exchange", "listing exchange", "exchange name", "market", "mic"]
            case .currency: ["currency", "price currency", "pricecurrency"]
            case .isActive: ["is active", "active", "status"]
            case .isTest: ["test issue"]
            }
        }
    }

    /// - Parameter name: how messages call the file.
    /// - Throws: ``PriceFileRefusal`` for what is no such table; what the source throws.
    public init(_ source: any ByteSource, name: String) throws {
        let source = UTF8Bytes(source)
        do {
            let delimiter = try Self.delimiter(of: source)
            var rows = try TextRows(source, delimiter: delimiter)
            guard try rows.next() else { throw ReadingRefusal("the file is empty") }
            let titles = rows.cells.map { Self.text(rows.bytes[$0]) }
            let plain = titles.map(Self.plain)
            var places: [Column: Int] = [:]
            for column in Column.allCases {
                places[column] = column.names.lazy.compactMap { plain.firstIndex(of: $0) }.first
            }
            guard places[.symbol] != nil else {
                throw ReadingRefusal(
                    "no column is called symbol or ticker; the first line is \(titles.joined(separator: " "))", line: 1)
            }
            columns = Column.allCases.compactMap { column in places[column].map { (column.rawValue, titles[$0]) } }
            try read(&rows, places, columns: titles.count, file: name)
        } catch let refusal as ReadingRefusal {
            throw PriceFileRefusal(file: name, line: refusal.line, reason: refusal.reason)
        }
    }

    private mutating func read(_ rows: inout TextRows, _ places: [Column: Int], columns: Int, file: String) throws {
        var lines: [String: Int] = [:]
        while try rows.next() {
            func cell(_ column: Column) -> String? {
                guard let place = places[column] else { return nil }
                let text = Self.text(rows.bytes[rows.cells[place]])
                return text.isEmpty ? nil : text
            }
            // The last line of nasdaqlisted.txt.
            let first = rows.cells.first.map { Self.text(rows.bytes[$0]) } ?? ""
            if first.hasPrefix("File Creation Time") {
                skipped += 1
                continue
            }
            do {
                guard rows.cells.count >= columns else {
                    throw ReadingRefusal(
                        "the line has \(counted(rows.cells.count, "cell")), and the first line names \(columns)")
                }
                if cell(.isTest)?.uppercased() == "Y" {
                    skipped += 1
                    continue
                }
                guard let symbol = cell(.symbol) else { throw ReadingRefusal("there is no symbol") }
                let entry = Entry(
                    line: rows.line, symbol: symbol, name: cell(.name),
                    assetType: try Self.assetType(cell(.assetType), of: symbol), exchange: cell(.exchange),
                    currency: cell(.currency)?.uppercased(), isActive: try Self.isActive(cell(.isActive)))
                let ticker = symbol.uppercased()
                if let other = lines.updateValue(rows.line, forKey: ticker) {
                    lines[ticker] = other
                    throw ReadingRefusal("\(symbol) stands in line \(other) already")
                }
                guard entries.count < Self.maximumEntries else {
                    throw PriceFileRefusal(
                        file: file, reason: "the file lists more than \(Self.maximumEntries) symbols")
                }
                entries.append(entry)
            } catch let refusal as ReadingRefusal {
                refused.append(RefusedLine(file: file, line: rows.line, reason: refusal.reason))
                guard refused.count < 10_000 else {
                    throw PriceFileRefusal(file: file, reason: "10,000 lines cannot be read; the first: \(refused[0])")
                }
            }
        }
        guard !entries.isEmpty || !refused.isEmpty else {
            throw ReadingRefusal("the file has a line of names and no symbol")
        }
    }

    /// What stands most often in the first line.
    private static func delimiter(of source: any ByteSource) throws -> UInt8 {
        var lines = try LineReader(source)
        while let range = try lines.next() {
            guard !TextRows.isComment(lines.buffer, range) else { continue }
            let candidates = [",", ";", "\t", "|"].map { UInt8(ascii: $0) }
            let counts = candidates.map { candidate in lines.buffer[range].count { $0 == candidate } }
            return candidates[counts.firstIndex(of: counts.max()!)!]
        }
        throw ReadingRefusal("the file is empty")
    }

    private static func assetType(_ text: String?, of symbol: String) throws -> AssetType {
        guard let text else { return SymbolText.isPairOfMoney(symbol) ? .crypto : .equity }
        switch plain(text) {
        case "equity", "stock", "stocks", "common stock", "share", "shares", "etf", "fund", "index", "adr", "us equity":
            return .equity
        case "crypto", "cryptocurrency", "coin", "pair", "currency pair", "spot": return .crypto
        default: throw ReadingRefusal("the asset type \(quoted(text.utf8)) is neither EQUITY nor CRYPTO")
        }
    }

    private static func isActive(_ text: String?) throws -> Bool? {
        guard let text else { return nil }
        switch plain(text) {
        case "true", "t", "yes", "y", "1", "active", "listed", "trading", "halted": return true
        case "false", "f", "no", "n", "0", "inactive", "delisted", "retired": return false
        default: throw ReadingRefusal("\(quoted(text.utf8)) does not say whether the symbol is active")
        }
    }

    private static func text(_ cell: ArraySlice<UInt8>) -> String {
        String(decoding: cell, as: UTF8.self)
    }

    /// Small letters, one space for whatever is neither letter nor digit.
    private static func plain(_ text: String) -> String {
        text.lowercased().map { $0.isLetter || $0.isNumber ? $0 : " " }
            .split(separator: " ").map { String($0) }.joined(separator: " ")
    }
}
