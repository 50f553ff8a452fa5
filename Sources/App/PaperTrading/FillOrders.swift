import JSON
public import Jobs
import Market
public import Postgres
import Trading

/// The job that lets resting orders meet the bars of a symbol one of whose series has grown (V0404__rest_paper_orders.sql
/// queues it).
///
/// Bars are taken in their order (``UnmetBars``), and each order only meets those that began after it was placed and that it
/// has not met: `orders.active_from` moves on with them. So a job that is done twice, or again after a kill, moves nothing
/// twice.
public struct FillOrders: SeriesFollower {
    public static let name = "fill_orders"
    public static let noun = "look at resting orders"

    public let timeoutMilliseconds = 600_000

    private let configuration: Configuration

    public init(_ configuration: Configuration) { self.configuration = configuration }

    public func run(_ payload: GrownSeries, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        // An account that cannot be filled holds up nobody else; the job fails in the end, and says so.
        var stuck: [Int: any Error] = [:]
        while try meetBars(of: payload.symbol, &stuck, &job, in: &db) { try job.check(0.5, in: &db) }
        if let firstError = stuck.min(by: { $0.key < $1.key })?.value { throw firstError }
        return .completed(nil)
    }

    /// - Parameter stuck: accounts that nothing more is tried with.
    /// - Returns: whether there are more.
    private func meetBars(
        of symbol: Int, _ stuck: inout [Int: any Error], _ job: inout RunningJob, in db: inout Connection
    ) throws -> Bool {
        let waiting = try db.run(.waitingOrders(for: symbol)).filter { stuck[$0.account] == nil }
        guard let first = waiting.map(\.order.activeFrom).min(),
            let unmet = try UnmetBars.read(of: symbol, from: first, in: &db), !unmet.bars.isEmpty
        else { return false }
        var passed: [WaitingOrder] = []
        for (account, orders) in Dictionary(grouping: waiting, by: \.account).sorted(by: { $0.key < $1.key }) {
            // Whether it is worth a lock.
            if let met = unmet.passed(orders.map(\.order)) {
                passed += zip(orders, met).map { WaitingOrder($0, met: $1) }
                continue
            }
            try job.check(0.5, in: &db)
            do { try fill(account, unmet, in: &db) } catch let error where error.isOfOne { stuck[account] = error }
        }
        try db.run(.advancing(passed))
        return unmet.hasMore
    }

    /// It need not wait for the disk: what a crash of the server takes of it is done again, because with it goes that the job
    /// was finished.
    private func fill(_ account: Int, _ unmet: UnmetBars, in db: inout Connection) throws {
        try db.transaction(
            opening: .withoutWaitingForDisk, .lockingPaperAccount(account),
            .restingOrders(ofAccount: account, symbol: unmet.symbolID),
            .standing(ofAccount: account, symbol: unmet.symbolID)
        ) { db, _, account, orders, standing in
            try unmet.meet(orders, of: account, standing, configuration, in: &db)
        }
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

    /// The same once it has met bars that have done nothing to it.
    init(_ waiting: WaitingOrder, met order: RestingOrder) {
        (account, version, self.order) = (waiting.account, waiting.version, order)
    }
}

extension Query {
    fileprivate static func waitingOrders(for symbol: Int) -> Query<[WaitingOrder]> {
        .all(
            """
            SELECT o.paper_account_id, o.xmin::text, \(OrderRow.columns) FROM \(OrderRow.tables)
            WHERE o.symbol_id = $1::int AND o.status = 'PENDING' ORDER BY o.requested_at, o.id
            """, symbol, read: WaitingOrder.init)
    }

    /// They have met bars up to then. One that somebody has changed since it was read, or is changing right now, is another,
    /// which has not.
    fileprivate static func advancing(_ orders: [WaitingOrder]) -> Query<Int> {
        .change(
            """
            UPDATE orders o SET active_from = met.until FROM (
              SELECT o.id, met.until FROM orders o
              JOIN unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS met (id, version, until) ON met.id = o.id
              WHERE o.xmin::text = met.version AND o.status = 'PENDING' AND o.active_from < met.until
              FOR UPDATE OF o SKIP LOCKED) met
            WHERE o.id = met.id
            """, orders.map(\.order.id), orders.map(\.version),
            Parameter.timestamps(microseconds: orders.map(\.order.activeFrom.microseconds)))
    }
}
