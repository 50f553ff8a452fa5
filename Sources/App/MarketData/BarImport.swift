import Market
import Postgres

/// Stores the bars of a file: symbol, bars and series in one transaction, so that nobody ever sees half of it.
public struct BarImport: Sendable {
    /// What past prices are adjusted for.
    public enum Adjustment: String, Sendable, CaseIterable {
        case raw, split, total
    }

    /// Ticker (AAPL) or pair (BTC-USD), in any case.
    public var symbol: String
    /// For a new symbol the ticker when nil; an old one's is only changed when given.
    public var name: String?
    public var exchange: String?
    /// What prices are in; nil: a pair's quote asset, else USD.
    public var currency: String?
    /// Where the bars come from.
    public var provider: String
    public var adjustment: Adjustment
    /// The day as of which prices are adjusted.
    public var priceBasisDate: CalendarDay?
    /// Stores the good lines of a file that has bad ones.
    public var skipInvalid: Bool

    public init(
        symbol: String, name: String? = nil, exchange: String? = nil, currency: String? = nil,
        provider: String = "file",
        adjustment: Adjustment = .raw, priceBasisDate: CalendarDay? = nil, skipInvalid: Bool = false
    ) {
        self.symbol = symbol
        self.name = name
        self.exchange = exchange
        self.currency = currency
        self.provider = provider
        self.adjustment = adjustment
        self.priceBasisDate = priceBasisDate
        self.skipInvalid = skipInvalid
    }

    /// Why nothing was stored.
    public enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        /// The file has lines that are no bars.
        case refusedLines([BarFile.RefusedLine])
        case noBars(file: String)
        case badSymbol(String)
        /// CRYPTO needs `BASE-QUOTE`.
        case notAPair(String)
        case otherKind(symbol: String, is: AssetType)
        /// A name, exchange, currency or provider that the tables refuse.
        case badField(String)

        public var description: String {
            switch self {
            case .refusedLines(let lines): "\(lines.count) lines are no bars, so nothing was stored"
            case .noBars(let file): "\(file): no line is a bar"
            case .badSymbol(let symbol): "\"\(symbol)\" is no symbol: letters, digits, points and dashes, at most 32"
            case .notAPair(let symbol): "\"\(symbol)\" is no pair: CRYPTO symbols look like BTC-USD"
            case .otherKind(let symbol, let kind): "\(symbol) is stored as \(kind.rawValue)"
            case .badField(let field): "the \(field) is empty, too long or has characters that do not belong there"
            }
        }
    }

    /// What was done.
    public struct Outcome: Equatable, Sendable {
        public let symbol: String
        public let isNewSymbol: Bool
        public let added: Int, changed: Int, unchanged: Int
        /// Lines of the file left out.
        public let skipped: Int
        /// Of the series, after the import; raised only when anything changed.
        public let revision: Int
        /// What is stored of the series now: starts of the first and last bar in Unix microseconds, and how many.
        public let first: Int64, last: Int64, count: Int
        /// Decimal places of the grid that all stored prices lie on; nil: there is none.
        public let tickExponent: Int?
    }

    /// A statement of an import may take longer than one of a request.
    private static let statementMilliseconds = 600_000

    /// Stores the file's bars, or nothing.
    ///
    /// - Parameter progress: called now and then with the number of bars sent and of all.
    /// - Throws: ``Refusal``, `PostgresError`.
    public func run(
        _ file: BarFile, in db: inout Connection, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> Outcome {
        guard skipInvalid || file.refused.isEmpty else { throw Refusal.refusedLines(file.refused) }
        guard file.bars.count > 0 else { throw Refusal.noBars(file: file.name) }
        let names = try SymbolNames(self, file.assetType)
        let before = db.timeouts
        try db.setTimeouts(
            statementMilliseconds: Self.statementMilliseconds, lockMilliseconds: before.lockMilliseconds)
        defer {
            try? db.setTimeouts(
                statementMilliseconds: before.statementMilliseconds, lockMilliseconds: before.lockMilliseconds)
        }
        do {
            return try db.transaction { db in
                let (id, isNew) = try db.upsertSymbol(names, self)
                let stored = try db.upsertBars(file, symbol: id, provider: provider, progress)
                let series = try db.upsertSeries(file, symbol: id, self, changed: stored.added + stored.changed > 0)
                return Outcome(
                    symbol: names.symbol, isNewSymbol: isNew, added: stored.added, changed: stored.changed,
                    unchanged: file.bars.count - stored.added - stored.changed, skipped: file.refused.count,
                    revision: series.revision, first: series.first, last: series.last, count: series.count,
                    tickExponent: series.tickExponent)
            }
        } catch let error as PostgresError {
            // The tables know what a name may look like; say which one it was.
            guard case .checkViolation(let constraint) = error.code,
                let field = ["name", "exchange", "currency", "provider"].first(where: {
                    constraint == "symbols_\($0)" || constraint.hasSuffix("_provider") && $0 == "provider"
                })
            else { throw error }
            throw Refusal.badField(field)
        }
    }
}

/// What a symbol is called and made of.
struct SymbolNames {
    let symbol: String, assetType: AssetType, base: String?, quote: String?, currency: String

    init(_ request: BarImport, _ assetType: AssetType) throws(BarImport.Refusal) {
        let symbol = request.symbol.uppercased()
        let letters = symbol.utf8.allSatisfy {
            (65...90).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
        guard letters, (1...32).contains(symbol.utf8.count), symbol.first != ".", symbol.first != "-" else {
            throw .badSymbol(request.symbol)
        }
        self.symbol = symbol
        self.assetType = assetType
        guard assetType == .crypto else {
            (base, quote, currency) = (nil, nil, request.currency ?? "USD")
            return
        }
        let parts = symbol.split(separator: "-", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 2, parts[0] != parts[1], !symbol.contains("."), (1...20).contains(parts[0].count),
            (2...12).contains(parts[1].count)  // it is the currency of the prices too
        else { throw .notAPair(symbol) }
        (base, quote, currency) = (parts[0], parts[1], request.currency ?? parts[1])
    }
}
