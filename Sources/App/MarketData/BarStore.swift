import Market
import Postgres

/// The one way of bars into the database: symbol, bars and series in one transaction, so that nobody ever sees half of
/// it, and in the memory of one batch however many there are.
///
/// What is kept of a series in its row (count, ends, tick exponent) follows from what it was and what comes in. Only
/// after a correction the series is looked at anew, because the bar that was corrected may have been the one that
/// needed so fine a tick.
public struct BarStore: Sendable {
    /// For a new symbol the ticker when nil; an old one's is only changed when given.
    public var name: String?
    public var exchange: String?
    /// What prices are in; nil: a pair's quote asset, else USD.
    public var currency: String?
    /// Whose bars they are, where that is known: a ticker may be another's by the time they come.
    var symbolID: Int?
    /// Whether the delivery is the whole series: what is stored and not in it goes away, and another source or adjustment
    /// may take the place of the one before.
    public var replaces = false
    /// Tells of those whose positions a series of another scale has changed; nil: where nothing can be signed.
    public var auditLog: AuditLog?
    /// Finds out what would be done, and does none of it: stored bars are read, and nobody is made to wait.
    public var isTrial = false

    public init(name: String? = nil, exchange: String? = nil, currency: String? = nil) {
        (self.name, self.exchange, self.currency) = (name, exchange, currency)
    }

    /// What was done.
    public struct Outcome: Equatable, Sendable {
        public let symbol: String
        /// 0 for a new one in a trial.
        let symbolID: Int
        public let isNewSymbol: Bool
        public let added: Int, changed: Int, unchanged: Int
        /// Bars that were stored and are no longer, of a series that was replaced.
        public let removed: Int
        /// Of the series, afterwards; raised only when anything changed.
        public let revision: Int
        /// What is stored of the series now: starts of the first and last bar in Unix microseconds, and how many.
        public let first: Int64, last: Int64, count: Int
        /// Decimal places of the grid that all stored prices lie on; nil: there is none, or a trial cannot tell.
        public let tickExponent: Int?
    }

    private static let statementMilliseconds = Configuration.patientStatementMilliseconds

    /// Stores all bars, which are handed over as they are found, or nothing.
    ///
    /// - Parameters:
    ///   - deliver: hands stretches of bars over, each oldest first; of a series that is replaced each later than the one
    ///     before. What it throws undoes everything.
    ///   - partial: starts of those of the bars that were made of fewer shorter ones than they have room for, asked for when
    ///     all are handed over.
    ///   - alongside: what is done in the same transaction, once all bars are stored and before any account is locked; not in
    ///     a trial, nor when there was no bar. What it throws undoes everything, too.
    ///   - telling: what the audit trail is told then, beside what has become of positions.
    /// - Returns: nil when there was no bar.
    /// - Throws: ``Refusal``, `PostgresError`, `BarError`, what `deliver` throws.
    public func store(
        _ series: BarSeries, from source: BarSource, in db: inout Connection,
        partial: () -> [Int64] = { [] },
        alongside: (_ outcome: Outcome, _ db: inout Connection) throws -> Void = { _, _ in },
        telling: (_ outcome: Outcome) -> [AuditEvent] = { _ in [] },
        deliver: (_ put: (CandleSeries) throws -> Void) throws -> Void
    ) throws -> Outcome? {
        let names = try SymbolNames(series.symbol, series.assetType, currency: currency)
        do {
            return try db.withTimeouts(statementMilliseconds: isTrial ? nil : Self.statementMilliseconds) { db in
                try db.transaction { db in
                    // Bars may be long in coming: of many lines of a file one is made, or all are put in order first.
                    if !isTrial {
                        try db.run(
                            .change("SET LOCAL idle_in_transaction_session_timeout = \(Self.statementMilliseconds)"))
                    }
                    var delivery: BarDelivery?
                    try deliver { bars in
                        guard bars.count > 0 else { return }
                        let batch = try BarBatch(bars, of: series, from: source)
                        if delivery == nil { delivery = try BarDelivery(batch, names, self, in: &db) }
                        try delivery?.put(batch, in: &db)
                    }
                    guard var delivery else { return nil }
                    let outcome = try delivery.finish(partial: partial(), in: &db)
                    if isTrial { throw UndoneError(outcome: outcome) }
                    try alongside(outcome, &db)
                    try tell(telling(outcome) + delivery.settleScale(of: outcome, in: &db), in: &db)
                    return outcome
                }
            }
        } catch let error as UndoneError<Outcome> {
            return error.outcome
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

    private func tell(_ events: [AuditEvent], in db: inout Connection) throws {
        try auditLog?.append(events, in: &db)
        db.afterCommit {
            for event in events.compactMap({ AccountEvent(rawValue: $0.type) }) {
                Meters.current.happened(event, reason: nil)
            }
        }
    }
}
