import JSON
public import Jobs
import Market
public import Postgres
import System
import Trading

/// The job that lets resting orders meet the bars of a series that has grown (V0404__rest_paper_orders.sql queues it).
///
/// Bars are taken in their order, and each order only meets those that began after it was placed and that it has not met:
/// `orders.active_from` moves on with them. So a job that is done twice, or again after a kill, moves nothing twice.
public struct FillOrders: JobKind {
    public static let name = "fill_orders"
    public static let noun = "look at resting orders"
    public static let retry: Retry? = Retry(firstSeconds: 2, maximumSeconds: 300)
    public static let retentionDays = 1
    public static let isRationed = false
    public static let isUrgent = true
    public static let waitsForDisk = false

    public typealias Payload = GrownSeries

    public let timeoutMilliseconds = 600_000

    private let configuration: Configuration

    public init(_ configuration: Configuration) { self.configuration = configuration }

    public func run(_ payload: Payload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        // An account that cannot be filled holds up nobody else; the job fails in the end, and says so.
        var stuck: [Int: any Error] = [:]
        while try meetBars(of: payload, &stuck, &job, in: &db) { try job.check(0.5, in: &db) }
        if let trouble = stuck.min(by: { $0.key < $1.key })?.value { throw trouble }
        return .completed(nil)
    }

    /// Bars that are looked at in one go.
    private static let maximumBars = 5_000

    /// - Parameter stuck: accounts that nothing more is tried with.
    /// - Returns: whether there are more.
    private func meetBars(
        of payload: Payload, _ stuck: inout [Int: any Error], _ job: inout RunningJob, in db: inout Connection
    ) throws -> Bool {
        let (found, series, closures) = try db.run(
            .waitingOrders(for: payload.symbol), .seriesToTrade(payload.symbol, payload.timeframe), .marketClosures())
        let waiting = found.filter { stuck[$0.account] == nil }
        guard let series, let first = waiting.map(\.order.activeFrom).min() else { return false }
        let bars = try db.run(
            .exactBars(
                of: payload.symbol, series.assetType, payload.timeframe, from: first,
                series.hours(TradingCalendar(closures: closures)),
                maximum: Self.maximumBars))
        guard let last = bars.last else { return false }
        let accounts = Dictionary(grouping: waiting, by: \.account)
        for (account, orders) in accounts.sorted(by: { $0.key < $1.key })
        where Self.isAnyMoved(orders.map(\.order), by: bars.map(\.bar)) {
            try job.check(0.5, in: &db)
            do { try fill(account, payload, series, bars, in: &db) } catch let error where error.isOfOne {
                stuck[account] = error
            }
        }
        try db.run(.advancing(waiting.filter { stuck[$0.account] == nil }, past: last.bar.span))
        return bars.count == Self.maximumBars
    }

    /// Whether it is worth a lock. An order that a bar reaches is moved in one way or another, whatever the account has.
    private static func isAnyMoved(_ orders: [RestingOrder], by bars: [ExactBar]) -> Bool {
        let book = RestingBook(
            Ledger(startingBalance: .zero), of: "", orders, Costs(slippage: .zero, commission: .zero))
        return bars.contains { book.isMoved(by: $0) }
    }

    /// Lets the orders of one account meet the bars, in one transaction. It need not wait for the disk: what a crash of the
    /// server takes of it is done again, because with it goes that the job was finished.
    private func fill(
        _ account: Int, _ payload: Payload, _ series: SeriesToTrade, _ bars: [StoredExactBar],
        in db: inout Connection
    ) throws {
        try db.transaction(
            opening: .withoutWaitingForDisk, .lockingPaperAccount(account),
            .restingOrders(ofAccount: account, symbol: payload.symbol),
            .standing(ofAccount: account, symbol: payload.symbol)
        ) { db, _, account, orders, standing in
            let instrument = String(payload.symbol)
            let ledger = Ledger(
                cash: standing.cash,
                holdings: standing.holding.quantity == .zero ? [:] : [instrument: standing.holding])
            var book = RestingBook(
                ledger, of: instrument, orders.map(\.resting),
                promisedElsewhere: try standing.promisedCash - standing.promisedPurchases, account.costs)
            var events: [RestingEvent] = [], exits: [Query<Int>] = [], changes: [Query<Int>] = []
            var fills: [RestingFill] = []
            /// In the order of what happened: it is told in that order.
            func change(_ query: Query<Int>?) {
                if !fills.isEmpty { changes.append(.filling(fills, of: account, payload.symbol, payload.timeframe)) }
                fills = []
                if let query { changes.append(query) }
            }
            for bar in bars {
                let known = Set(book.orders.map(\.id))
                for event in book.see(bar.bar, newID: { UUID.random().text }) {
                    events.append(event)
                    let id = event.orderID
                    let words = event.kind.sentence(series.symbol, "the bar of \(payload.timeframe.written(bar.start))")
                    switch event.kind {
                    case .filled(let execution, let profit, _):
                        let move = NewExecution(
                            orderID: id, account: account, symbolID: payload.symbol, execution: execution,
                            profit: profit, priceAsOf: bar.bar.span.end, timeframe: payload.timeframe,
                            barStart: bar.start, revision: series.revision)
                        fills.append(RestingFill(execution: move, detail: words))
                    case .triggered: change(.triggering(id, words))
                    case .expired: change(.ending(id, .expired, words))
                    case .cancelled: change(.ending(id, .cancelled, words))
                    case .refused(let reason, _): change(.ending(id, .rejected, words, refusal: reason))
                    }
                }
                for exit in book.orders where !known.contains(exit.id) {
                    let draft = OrderDraft(exit: exit, of: series.symbol)
                    exits.append(.inserting(NewOrder(draft: draft, account: account, symbolID: payload.symbol)))
                }
            }
            change(nil)
            if book.ledger != ledger, let close = bars.last?.bar.close {
                let after = Settlement(account, symbolID: payload.symbol, book.ledger, standing, at: close)
                changes += [.holding(after), .settling(after)]
            }
            try db.run(exits + changes + [.advancing(account.id, payload.symbol, past: bars)])
            let told = try events.filter { $0.kind != .triggered }.map { event in
                // An exit that came and went with these bars is not among them.
                try (orders.first { $0.id == event.orderID } ?? db.run(.storedOrder(event.orderID))).told(event.kind)
            }
            try configuration.audit(told, of: account.userID, in: &db)
        }
    }
}

extension OrderRow {
    /// What the audit trail is told of what a bar has done to it.
    fileprivate func told(_ kind: RestingEvent.Kind) -> (event: AccountEvent, payload: Object) {
        switch kind {
        case .filled(let execution, _, _):
            (.orderFilled, auditPayload(quantity: execution.quantity, price: execution.price))
        case .refused(let reason, _): (.orderRejected, auditPayload(quantity: quantity, refusal: reason))
        case .expired: (.orderExpired, auditPayload)
        case .cancelled, .triggered: (.orderCancelled, auditPayload)
        }
    }
}

/// What the fills of a series say of it.
private struct SeriesToTrade: Tradable {
    let symbol: String
    let assetType: AssetType
    let exchange: String?
    let timeframe: Timeframe
    let revision: Int

    init(_ row: inout RowReader) throws {
        (symbol, assetType, exchange) = (try row.next(), try row.next(), try row.next())
        (timeframe, revision) = (try row.next(), try row.next())
    }
}

/// A resting order, and of which account.
private struct WaitingOrder: Sendable {
    let account: Int
    /// Which of its versions was read: every change makes another.
    let version: String
    let order: RestingOrder

    init(_ row: inout RowReader) throws {
        (account, version) = (try row.next(), try row.next())
        order = try OrderRow(&row).resting
    }
}

extension Query {
    fileprivate static func waitingOrders(for symbol: Int) -> Query<[WaitingOrder]> where Output == [WaitingOrder] {
        .all(
            """
            SELECT o.paper_account_id, o.xmin::text, \(OrderRow.columns) FROM \(OrderRow.tables)
            WHERE o.symbol_id = $1::int AND o.status = 'PENDING' ORDER BY o.requested_at, o.id
            """, symbol, read: WaitingOrder.init)
    }

    fileprivate static func seriesToTrade(
        _ symbol: Int, _ timeframe: Timeframe
    ) -> Query<SeriesToTrade?> where Output == SeriesToTrade? {
        .first(
            """
            SELECT s.symbol, s.asset_type, s.exchange, b.interval, b.revision FROM bar_series b JOIN symbols s ON s.id = b.symbol_id
            WHERE b.symbol_id = $1::int AND b.interval = $2 AND b.count > 0
            """, symbol, timeframe, read: SeriesToTrade.init)
    }
}

extension Query where Output == Int {
    /// They have met the bars up to this one, and it; those that it began too early for have not: the day of a coin is no
    /// substitute for its last hours. One that somebody has changed since it was read, or is changing right now, is
    /// another, which has not.
    fileprivate static func advancing(_ orders: [WaitingOrder], past bar: BarSpan) -> Query<Int> {
        .change(
            """
            UPDATE orders SET active_from = $3::timestamptz
            WHERE id IN (
              SELECT o.id FROM orders o JOIN unnest($1::uuid[], $2::text[]) AS met (id, version) ON met.id = o.id
              WHERE o.xmin::text = met.version AND o.status = 'PENDING' AND o.active_from <= $4::timestamptz
              FOR UPDATE OF o SKIP LOCKED)
            """, orders.map(\.order.id), orders.map(\.version), bar.end, bar.begin)
    }

    fileprivate static func advancing(_ account: Int, _ symbol: Int, past bars: [StoredExactBar]) -> Query<Int> {
        .change(
            """
            UPDATE orders SET active_from = $3::timestamptz
            WHERE paper_account_id = $1::int AND symbol_id = $2::int AND status = 'PENDING'
              AND active_from <= $4::timestamptz
            """, account, symbol, bars.last?.bar.span.end, bars.last?.bar.span.begin)
    }
}
