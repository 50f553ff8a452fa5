import JSON
import Market
import Postgres
import Trading

/// What comes of a series being replaced by one of another scale, as after a split: what paper accounts hold is told in new
/// units, and what waits for a price of before waits no longer. All of it in the transaction of the new bars, so that no
/// fill ever meets new prices with old units.
///
/// From here to the commit nobody moves an account: whoever does locks its row first, and so waits at the table's own lock,
/// and reads prices only after that. That is why nothing slips through between, and why there is no order in which to lock
/// them. The symbol's row was locked before; nobody locks a series while they hold an account.
struct Rescaling: Sendable {
    let symbolID: Int
    let symbol: String
    let timeframe: Timeframe
    /// Of the series, with the new bars.
    let revision: Int
    let scale: UnitScale

    /// - Returns: what the audit trail is to be told of it.
    func run(in db: inout Connection) throws -> [AuditEvent] {
        try db.run(.change("LOCK TABLE paper_accounts IN EXCLUSIVE MODE"))
        let words = RescalingWords(symbol, scale)
        let (positions, _, orders, alerts) = try db.run(
            .rescalingPositions(self, words.head), .rescalingRunners(self),
            .cancellingRescaledOrders(of: symbolID, words.order), .disarmingAlerts(of: symbolID))
        var told: [String: RescalingWords.Told] = [:]
        for position in positions where position.isActive {
            told[position.userID, default: .init()].position = position
        }
        for order in orders { told[order.userID, default: .init()].orders.append(order) }
        for user in alerts { told[user, default: .init()].alerts += 1 }
        let users = told.keys.sorted()
        try db.run(
            .tellingRescaled(
                users, users.map { words.notification(told[$0] ?? .init()) }, symbolID,
                "\(Notifications.rescaled)/\(symbolID)/\(timeframe.rawValue)/\(revision)"))
        return users.flatMap { user in events(told[user] ?? .init(), of: user) }
    }

    private func events(_ told: RescalingWords.Told, of user: String) -> [AuditEvent] {
        var events: [AuditEvent] = []
        if let position = told.position {
            events.append(
                AuditEvent(
                    AccountEvent.positionRescaled.rawValue, userID: user,
                    [
                        "symbol": .string(symbol), "numerator": .number(Number(scale.numerator)),
                        "denominator": .number(Number(scale.denominator)),
                        "quantity_before": .string(position.before.inFull),
                        "quantity": .string(position.after.inFull),
                    ]))
        }
        return events
            + told.orders.map { order in
                AuditEvent(
                    AccountEvent.orderCancelled.rawValue, userID: user,
                    OrderRow.auditPayload(order.id, symbol, order.side, order.quantity, price: nil, refusal: nil))
            }
    }
}

/// What is said of a rescaling, in sentences.
struct RescalingWords: Sendable {
    /// "AAPL was split 4 for 1", without a full stop.
    let head: String

    /// What happened to one user.
    struct Told {
        var position: RescaledPosition?
        var orders: [CancelledOrder] = []
        var alerts = 0
    }

    init(_ symbol: String, _ scale: UnitScale) {
        let ratio = Double(scale.denominator) / Double(scale.numerator)
        head =
            if PriceChange(ratio: ratio) == .dividend {
                "The prices of \(symbol) were restated, as after a dividend"
            } else if scale.isSimple {
                "\(symbol) was split \(scale.numerator) for \(scale.denominator)"
            } else {
                "All prices of \(symbol) were restated, as after a split"
            }
    }

    var order: String { "Cancelled: \(head), and its prices are of before that. Place it anew at the new prices." }

    func notification(_ told: Told) -> String {
        var sentences: [String] = []
        if let position = told.position {
            sentences.append("\(head): \(position.before) became \(position.after).")
        } else {
            sentences.append(head + ".")
        }
        if !told.orders.isEmpty {
            sentences.append(
                "\(counted(told.orders.count, "order")) that waited \(told.orders.count == 1 ? "was" : "were") cancelled: place what you still want anew, at the new prices."
            )
        }
        if told.alerts > 0 {
            sentences.append(
                "\(counted(told.alerts, "alert")) for its price \(told.alerts == 1 ? "was" : "were") switched off: set what you still want at the new prices."
            )
        }
        return sentences.joined(separator: " ")
    }
}

struct RescaledPosition: Sendable {
    let userID: String
    /// Whether anybody still has the account.
    let isActive: Bool
    let before: Quantity
    let after: Quantity

    fileprivate init(_ row: inout RowReader) throws {
        (userID, isActive, before, after) = (try row.next(), try row.next(), try row.next(), try row.next())
    }
}

struct CancelledOrder: Sendable {
    let userID: String
    let id: String
    let side: OrderSide
    let quantity: Quantity

    fileprivate init(_ row: inout RowReader) throws {
        (userID, id, side, quantity) = (try row.next(), try row.next(), try row.next(), try row.next())
    }
}

/// SQL for what splits have made of units.
enum RescaledUnits {
    /// What a quantity comes to, in units of 10^-8: ``Quantity/scaled(by:)``; `$2` new units for `$3` old ones.
    fileprivate static func count(_ quantity: String) -> String {
        "least(div(\(quantity) * 100000000 * $2::bigint, $3::bigint), 9999999999999999999999999999)"
    }

    /// The same of what is held, which never comes to nothing.
    static func held(_ quantity: String) -> String {
        "(greatest(\(count(quantity)), 1) * 0.00000001)::numeric(28,8)"
    }

    /// By how much units of an execution `e` have grown since, as far as its account held any.
    static let sinceFill = """
        coalesce((
          SELECT exp(sum(ln(g.numerator::float8 / g.denominator))) FROM position_rescalings g
          WHERE (g.paper_account_id, g.generation, g.symbol_id) = (e.paper_account_id, e.generation, e.symbol_id)
            AND g.sequence > e.sequence), 1)
        """

    /// By how much units of its series have grown since the bar of an execution `e`, whoever held any.
    static let sinceBar = """
        coalesce((
          SELECT exp(sum(ln(g.numerator::float8 / g.denominator))) FROM series_rescalings g
          WHERE (g.symbol_id, g.interval) = (e.symbol_id, e.bar_interval) AND g.revision > e.bar_revision), 1)
        """
}

extension Query {
    fileprivate static func rescalingPositions(_ rescaling: Rescaling, _ head: String) -> Query<[RescaledPosition]> {
        .all(
            """
            WITH held AS MATERIALIZED (
              SELECT p.id, a.id AS account, a.generation, a.user_id, a.is_active, p.quantity AS before,
                \(RescaledUnits.held("p.quantity")) AS after
              FROM positions p JOIN paper_accounts a ON a.id = p.paper_account_id
              WHERE p.symbol_id = $1::int AND p.quantity > 0),
            noted AS (
              INSERT INTO position_rescalings (sequence, paper_account_id, generation, symbol_id, numerator, denominator,
                quantity_before, quantity_after, bar_interval, bar_revision, detail)
              SELECT nextval(pg_get_serial_sequence('executions', 'sequence')), account, generation, $1::int, $2::bigint,
                $3::bigint, before, after, $4, $5::bigint,
                concat($6::text, ': ', trim_scale(before), ' became ', trim_scale(after), '.')
              FROM held ORDER BY account),
            moved AS (
              UPDATE positions p SET quantity = held.after, updated_at = now() FROM held WHERE p.id = held.id)
            SELECT user_id, is_active, before, after FROM held ORDER BY account
            """, rescaling.symbolID, rescaling.scale.numerator, rescaling.scale.denominator, rescaling.timeframe,
            rescaling.revision, head, read: RescaledPosition.init)
    }

    fileprivate static func cancellingRescaledOrders(of symbol: Int, _ detail: String) -> Query<[CancelledOrder]> {
        .all(
            """
            UPDATE orders o SET status = 'CANCELLED', detail = $2, held_cash = 0, ended_at = clock_timestamp()
            FROM paper_accounts a WHERE a.id = o.paper_account_id AND o.symbol_id = $1::int AND o.status = 'PENDING'
            RETURNING a.user_id, o.id, o.side, o.quantity
            """, symbol, detail, read: CancelledOrder.init)
    }

    /// Whose they are, each as often as it was one. In the order in which bars meet them.
    fileprivate static func disarmingAlerts(of symbol: Int) -> Query<[String]> {
        .values(
            """
            WITH armed AS MATERIALIZED (
              SELECT id FROM alerts WHERE symbol_id = $1::int AND is_armed ORDER BY user_id, id FOR UPDATE)
            UPDATE alerts a SET is_armed = false FROM armed WHERE a.id = armed.id RETURNING a.user_id
            """, symbol)
    }

    /// What runners hold is a part of what their account does, and rounded down it stays one.
    fileprivate static func rescalingRunners(_ rescaling: Rescaling) -> Query<Int> {
        .change(
            """
            UPDATE paper_runners SET quantity = \(RescaledUnits.count("quantity")) * 0.00000001
            WHERE symbol_id = $1::int AND status <> 'STOPPED' AND quantity > 0
            """, rescaling.symbolID, rescaling.scale.numerator, rescaling.scale.denominator)
    }

    /// Whether they wanted to be told or not: what they have is not what it was.
    ///
    /// - Parameter key: told once to each of them.
    static func tellingRescaled(_ users: [String], _ words: [String], _ symbol: Int, _ key: String) -> Query<Int> {
        .change(
            """
            INSERT INTO notifications (user_id, kind, symbol_id, detail, dedupe_key)
            SELECT t.user_id, '\(Notifications.rescaled)', $3::int, left(t.detail, 1000), $4
            FROM unnest($1::uuid[], $2::text[]) AS t (user_id, detail) ORDER BY t.user_id
            ON CONFLICT (user_id, dedupe_key) DO NOTHING
            """, users, words, symbol, key)
    }
}
