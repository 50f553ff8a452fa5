import HTTP
import JSON
import Market
import Postgres
import Trading

/// `/api/trading/corrections`: fills whose bar gives another price by now. A corrected bar undoes none of them; this is the
/// notice of it (trading.md, "Orders").
enum Corrections {
    struct Row: Sendable {
        let execution: Executions.Row
        /// The bar as it is now; nil where it is gone.
        let now: Bar?
        /// Whether it does not give the price of the fill any more.
        fileprivate let isCorrected: Bool

        static let form = Form<Row>.object(
            "Correction",
            [
                .member("execution", Executions.Row.form, \.execution),
                .nullable("open", Form<Double>.number.described("Of the bar now; null: it is gone")) { $0.now?.open },
                .nullable("low", .number) { $0.now?.low }, .nullable("high", .number) { $0.now?.high },
                .nullable("close", .number) { $0.now?.close },
            ])

        fileprivate init(_ row: inout RowReader) throws {
            let execution = try row.next(Executions.Row.init), now = try Bar(&row),
                rule = try FillRule(&row, execution.side)
            (self.execution, self.now) = (execution, now)
            isCorrected = now.map { !rule.allows(execution.price, on: $0) } ?? true
        }
    }

    struct Bar: Sendable {
        let open: Double, high: Double, low: Double, close: Double

        /// Nil where an outer join found none.
        fileprivate init?(_ row: inout RowReader) throws {
            let open: Double? = try row.next(), high: Double? = try row.next()
            let low: Double? = try row.next(), close: Double? = try row.next()
            guard let open, let high, let low, let close else { return nil }
            (self.open, self.high, self.low, self.close) = (open, high, low, close)
        }
    }

    /// Of so many the newest are told.
    private static let maximumTold = 100
    /// Fills whose bars are looked up, the newest.
    fileprivate static let maximumLookedAt = 5_000

    private static let found = Answer(
        200, "The newest \(maximumTold) at the most", Form<[Row]>.object("corrections", .list(of: Row.form)))

    static let route = Route(
        .get, "/api/trading/corrections", .signedIn(.read),
        "Of the newest \(maximumLookedAt) own fills since the last reset those whose bar was corrected since, so that it gives another price or none; newest first. Nothing is undone by it.",
        answers: [found]
    ) { call, db in try found(Array(db.run(.corrections(of: call.userID())).prefix(maximumTold))) }
}

/// What says at which price an order fills in its bar: the same that has filled it.
private struct FillRule {
    private enum Kind {
        /// At the close, which is what the market is for a person.
        case close
        case resting(OrderKind<Price>)
        /// The exits of a bracket are looked at one by one: a stop that is reached first is a fill of its own.
        case exit(stop: Price?, target: Price?)
        /// At the open, or at a level that lies a share beside what was paid.
        case runner(stop: Price?, target: Price?)
        /// Of a runner whose purchase is too long ago to be among those that are looked at, or was of the units before a split.
        case unknown
    }

    private let kind: Kind
    private let side: OrderSide

    static let columns = """
        e.order_type, e.limit_price, e.stop_price, e.is_triggered, e.role, e.runner_id IS NOT NULL, e.client_order_id,
        CASE WHEN NOT EXISTS (
          SELECT FROM series_rescalings g
          WHERE (g.symbol_id, g.interval) = (e.symbol_id, e.bar_interval) AND g.revision > e.paid_revision
            AND g.revision <= e.bar_revision) THEN e.paid END,
        v.definition_json #>> '{risk,stop_loss,value}', v.definition_json #>> '{risk,take_profit,value}'
        """

    init(_ row: inout RowReader, _ side: OrderSide) throws {
        self.side = side
        let type: OrderType = try row.next(), limit: Price? = try row.next(), stop: Price? = try row.next()
        let isTriggered: Bool = try row.next(), role: OrderRole? = try row.next(), isOfRunner: Bool = try row.next()
        let name: String? = try row.next(), paid: Price? = try row.next()
        let stopPercent = try row.next(String?.self).flatMap { Rate(percent: $0) }
        let targetPercent = try row.next(String?.self).flatMap { Rate(percent: $0) }
        kind =
            switch role {
            case .stopLoss: .exit(stop: stop, target: nil)
            case .takeProfit: .exit(stop: nil, target: limit)
            case _ where isOfRunner:
                if let name, RunnerTrades.isOfStop(name) {
                    .close
                } else if side == .buy || stopPercent == nil && targetPercent == nil {
                    .runner(stop: nil, target: nil)
                } else if let paid {
                    .runner(
                        stop: stopPercent.flatMap { try? paid.reduced(by: $0) },
                        target: targetPercent.flatMap { try? paid.increased(by: $0) })
                } else {
                    .unknown
                }
            default:
                // Once its stop was reached, a stop-limit order was a limit order.
                switch (OrderKind(type, limit: limit, stop: stop), limit) {
                case (.stopLimit, let limit?) where isTriggered: .resting(.limit(limit))
                case (.market, _), (nil, _): .close
                case (let kind?, _): .resting(kind)
                }
            }
    }

    /// Whether a bar gives this price. One of the ledger has twelve places, one of a bar about sixteen digits.
    func allows(_ price: Price, on bar: Corrections.Bar) -> Bool {
        guard let open = Price(nearest: bar.open), let high = Price(nearest: bar.high),
            let low = Price(nearest: bar.low), let close = Price(nearest: bar.close)
        else { return false }
        return prices(open: open, high: high, low: low, close: close)?.contains { other in
            let distance = (try? max(price, other) - min(price, other)).map { Double($0.description) ?? 0 } ?? 0
            return distance <= 1e-9 * (Double(price.description) ?? 0) + 1e-12
        } ?? true
    }

    /// Those that the bar may give; nil where that cannot be told.
    private func prices(open: Price, high: Price, low: Price, close: Price) -> [Price]? {
        func level(_ stop: Price?, _ target: Price?) -> [Price] {
            let level = FillModel.level(open: open, high: high, low: low, stop: stop, target: target)
            return level.map { [$0.price(open: open, stop: stop, target: target)] } ?? []
        }
        switch kind {
        case .close: return [close]
        case .resting(let kind):
            let outcome = FillModel.outcome(of: kind, side, open: open, high: high, low: low)
            if case .fills(let price) = outcome { return [price] }
            return []
        case .exit(let stop, let target): return level(stop, target)
        case .runner(let stop, let target): return [open] + level(stop, target)
        case .unknown: return nil
        }
    }
}

extension Query {
    /// The newest first.
    fileprivate static func corrections(of userID: String) -> Query<[Corrections.Row]> {
        let bars = BarTable.kinds.map { assetType, timeframe in
            let table = BarTable(assetType, timeframe)
            return """
                SELECT open, high, low, close FROM \(table.name)
                WHERE s.asset_type = '\(assetType.rawValue)' AND e.bar_interval = '\(timeframe.rawValue)'
                  AND symbol_id = e.symbol_id
                  AND \(table.timeColumn) = \(table.isDaily ? "(e.bar_start AT TIME ZONE 'UTC')::date" : "e.bar_start")
                """
        }.joined(separator: " UNION ALL ")
        // What a runner sells it has bought with the fill before. What was restated as a whole since, as after a split, was
        // corrected no more than all prices were.
        return Query<[Corrections.Row]>.all(
            """
            SELECT \(Executions.Row.columns), bar.open, bar.high, bar.low, bar.close, \(FillRule.columns)
            FROM (
                SELECT x.*, o.order_type, o.limit_price, o.stop_price, o.is_triggered, o.role, o.runner_id,
                  o.client_order_id, lag(x.price) OVER bought AS paid, lag(x.bar_revision) OVER bought AS paid_revision
                FROM (
                    SELECT x.* FROM paper_accounts a
                      JOIN executions x ON x.paper_account_id = a.id AND x.generation = a.generation
                    WHERE a.user_id = $1::uuid ORDER BY x.sequence DESC LIMIT $2::int) x
                  JOIN orders o ON o.id = x.order_id
                WINDOW bought AS (PARTITION BY o.runner_id ORDER BY x.sequence)) e
              JOIN symbols s ON s.id = e.symbol_id
              JOIN bar_series b ON (b.symbol_id, b.interval) = (e.symbol_id, e.bar_interval)
                AND b.revision > e.bar_revision AND NOT EXISTS (
                  SELECT FROM series_rescalings g
                  WHERE (g.symbol_id, g.interval) = (e.symbol_id, e.bar_interval) AND g.revision > e.bar_revision)
              LEFT JOIN LATERAL (\(bars)) bar ON true
              LEFT JOIN paper_runners r ON r.id = e.runner_id
              LEFT JOIN strategy_versions v ON v.id = r.strategy_version_id
            ORDER BY e.sequence DESC
            """, userID, Corrections.maximumLookedAt, read: Corrections.Row.init
        ).map { rows in rows.filter(\.isCorrected) }
    }
}
