import JSON
import Market
public import Postgres
public import PriceFiles

/// Which symbols there are, and what they are called. Bars, runs and watchlists hang on a symbol's id, so its ticker may
/// change and be used again by another.
public enum SymbolList {
    public struct Outcome: Equatable, Sendable {
        public var added = 0, changed = 0, unchanged = 0
        /// Listed as no longer active, and were.
        public var retired = 0
        /// Lines of the directory that the tables could not take.
        public var refused: [RefusedLine] = []
    }

    /// Why a symbol stays as it is.
    public enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        case unknown(String)
        case notRetired(String)
        case taken(String)
        case badSymbol(String)
        /// What a directory says beside the symbol.
        case badEntry(String)

        public var description: String {
            switch self {
            case .unknown(let symbol): "no active symbol \(symbol) is stored"
            case .notRetired(let symbol): "no retired symbol \(symbol) is stored"
            case .taken(let symbol): "\(symbol) is an active symbol already; retire it first, or rename it"
            case .badSymbol(let reason), .badEntry(let reason): reason
            }
        }
    }

    private static let chunk = 5_000

    /// Brings the symbols up to what a directory says, in one transaction. What it does not say stays, and symbols that are
    /// not in it stay active.
    ///
    /// - Parameters:
    ///   - isTrial: finds out what would be done, and does none of it.
    ///   - skipsInvalid: whether lines that cannot be taken are passed over; else nothing is stored when there is one.
    ///   - alongside: what is done in the same transaction, once all are stored; not in a trial.
    public static func store(
        _ directory: SymbolDirectory, file: String, isTrial: Bool = false, skipsInvalid: Bool = false,
        in db: inout Connection, alongside: (Outcome, inout Connection) throws -> Void = { _, _ in }
    ) throws -> Outcome {
        var outcome = Outcome(), rows: [Row] = []
        for entry in directory.entries {
            do { rows.append(try Row(entry)) } catch {
                outcome.refused.append(RefusedLine(file: file, line: entry.line, reason: error.description))
            }
        }
        do {
            return try db.transaction { db in
                for start in stride(from: 0, to: rows.count, by: chunk) {
                    try store(rows[start..<min(start + chunk, rows.count)], file, &outcome, &db)
                }
                outcome.refused = (directory.refused + outcome.refused).sorted { $0.line < $1.line }
                if isTrial || !skipsInvalid && !outcome.refused.isEmpty { throw UndoneError(outcome: outcome) }
                try alongside(outcome, &db)
                return outcome
            }
        } catch let error as UndoneError<Outcome> { return error.outcome }
    }

    private static func store(
        _ rows: ArraySlice<Row>, _ file: String, _ outcome: inout Outcome, _ db: inout Connection
    ) throws {
        let kinds = try db.run(.kinds(of: rows.map(\.names.symbol)))
        let fit = rows.filter { row in
            guard let kind = kinds[row.names.symbol], kind != row.names.assetType else { return true }
            let reason = BarStore.Refusal.otherKind(symbol: row.names.symbol, is: kind).description
            outcome.refused.append(RefusedLine(file: file, line: row.line, reason: reason))
            return false
        }
        let listed = Row.json(fit.filter { $0.isActive }), gone = fit.filter { !$0.isActive }.map { $0.names.symbol }
        let (changed, added, retired) = try db.run(.changing(listed), .adding(listed), .retiring(gone))
        outcome.changed += changed
        outcome.added += added
        outcome.retired += retired
        outcome.unchanged += fit.count - changed - added - retired
    }

    /// Gives a symbol another ticker. Everything that hangs on it stays with it.
    ///
    /// - Parameter alongside: what is done in the same transaction, as of the two below.
    public static func rename(
        _ old: String, to new: String, in db: inout Connection,
        alongside: (inout Connection) throws -> Void = { _ in }
    ) throws {
        let ticker = try canonical(old)
        guard let kind = try db.run(.kinds(of: [ticker]))[ticker] else { throw Refusal.unknown(ticker) }
        let names: SymbolNames
        do { names = try SymbolNames(new, kind, currency: nil) } catch { throw Refusal.badSymbol(error.description) }
        try change(.renaming(ticker, to: names), or: .unknown(ticker), taken: names.symbol, in: &db, alongside)
    }

    /// Makes a symbol inactive: it is no longer found, its bars and runs stay, and its ticker is free.
    public static func retire(
        _ symbol: String, in db: inout Connection, alongside: (inout Connection) throws -> Void = { _ in }
    ) throws {
        let ticker = try canonical(symbol)
        try change(.retiring([ticker]), or: .unknown(ticker), taken: ticker, in: &db, alongside)
    }

    /// Makes a retired symbol active again, with all that hangs on it: of several that were called so the one retired last.
    public static func restore(
        _ symbol: String, in db: inout Connection, alongside: (inout Connection) throws -> Void = { _ in }
    ) throws {
        let ticker = try canonical(symbol)
        try change(.restoring(ticker), or: .notRetired(ticker), taken: ticker, in: &db, alongside)
    }

    /// - Parameter taken: the ticker that another may have.
    private static func change(
        _ change: Query<Int>, or none: Refusal, taken ticker: String, in db: inout Connection,
        _ alongside: (inout Connection) throws -> Void
    ) throws {
        do {
            try db.transaction(opening: change) { db, count in
                guard count == 1 else { throw none }
                try alongside(&db)
            }
        } catch let error as PostgresError {
            guard case .uniqueViolation = error.code else { throw error }
            throw Refusal.taken(ticker)
        }
    }

    private static func canonical(_ symbol: String) throws -> String {
        guard let ticker = Ticker.canonical(symbol) else {
            throw Refusal.badSymbol(BarStore.Refusal.badSymbol(symbol).description)
        }
        return ticker
    }

    /// A line of a directory as the table takes it.
    private struct Row {
        let line: Int, names: SymbolNames, isActive: Bool
        private let name: String?, exchange: String?, currency: String?

        init(_ entry: SymbolDirectory.Entry) throws(Refusal) {
            line = entry.line
            isActive = entry.isActive ?? true
            (name, exchange, currency) = (entry.name, entry.exchange, entry.currency)
            do { names = try SymbolNames(entry.symbol, entry.assetType, currency: entry.currency) } catch {
                throw .badSymbol(error.description)
            }
            // The constraints symbols_name, symbols_exchange and symbols_currency, by line.
            for (text, longest, what) in [(name, 255, "name"), (exchange, 64, "exchange")] {
                guard text.map({ $0.unicodeScalars.count <= longest && !$0.utf8.contains(0) }) ?? true else {
                    throw .badEntry("the \(what) is longer than \(longest) characters, or has a zero byte")
                }
            }
            guard (2...12).contains(names.currency.utf8.count),
                names.currency.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) })
            else { throw .badEntry("the currency has to be 2 to 12 letters or digits") }
        }

        static func json(_ rows: [Row]) -> String {
            let array = Value.array(
                rows.map { row in
                    var object: Object = [
                        "symbol": .string(row.names.symbol), "asset_type": .string(row.names.assetType.rawValue),
                    ]
                    let told = [
                        ("name", row.name), ("exchange", row.exchange), ("currency", row.currency),
                        ("base", row.names.base), ("quote", row.names.quote),
                    ]
                    for (key, text) in told { object[key] = text.map { .string($0) } ?? .null }
                    return .object(object)
                })
            return String(decoding: array.bytes, as: UTF8.self)
        }
    }
}

extension Query {
    /// Of active symbols.
    fileprivate static func kinds(of symbols: [String]) -> Query<[String: AssetType]> {
        Query<[(String, AssetType)]>.all(
            "SELECT symbol, asset_type FROM symbols WHERE is_active AND symbol = ANY ($1::text[])", symbols
        ) { row in (try row.next(), try row.next()) }.map { Dictionary(uniqueKeysWithValues: $0) }
    }

    private static var listed: String {
        """
        jsonb_to_recordset($1::jsonb)
          AS l (symbol text, asset_type text, name text, exchange text, currency text, base text, quote text)
        """
    }

    fileprivate static func changing(_ rows: String) -> Query<Int> {
        .change(
            """
            UPDATE symbols s SET name = coalesce(l.name, s.name), exchange = coalesce(l.exchange, s.exchange),
              currency = coalesce(l.currency, s.currency), updated_at = clock_timestamp()
            FROM \(listed)
            WHERE s.is_active AND s.symbol = l.symbol AND (s.name, s.exchange, s.currency) IS DISTINCT FROM
              (coalesce(l.name, s.name), coalesce(l.exchange, s.exchange), coalesce(l.currency, s.currency))
            """, rows)
    }

    fileprivate static func adding(_ rows: String) -> Query<Int> {
        .change(
            """
            INSERT INTO symbols (symbol, name, asset_type, exchange, currency, base_asset, quote_asset)
            SELECT l.symbol, coalesce(l.name, l.symbol), l.asset_type, l.exchange, coalesce(l.currency, l.quote, 'USD'),
              l.base, l.quote
            FROM \(listed) ON CONFLICT (symbol) WHERE is_active DO NOTHING
            """, rows)
    }

    fileprivate static func retiring(_ symbols: [String]) -> Query<Int> {
        .change(
            """
            UPDATE symbols SET is_active = false, updated_at = clock_timestamp()
            WHERE is_active AND symbol = ANY ($1::text[])
            """, symbols)
    }

    fileprivate static func restoring(_ symbol: String) -> Query<Int> {
        .change(
            """
            UPDATE symbols SET is_active = true, updated_at = clock_timestamp() WHERE id =
              (SELECT id FROM symbols WHERE NOT is_active AND symbol = $1 ORDER BY updated_at DESC, id DESC LIMIT 1)
            """, symbol)
    }

    fileprivate static func renaming(_ symbol: String, to names: SymbolNames) -> Query<Int> {
        .change(
            """
            UPDATE symbols SET symbol = $2, name = CASE WHEN name = symbol THEN $2 ELSE name END, base_asset = $3,
              quote_asset = $4, updated_at = clock_timestamp()
            WHERE is_active AND symbol = $1
            """, symbol, names.symbol, names.base, names.quote)
    }
}
