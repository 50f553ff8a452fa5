import Market
import Postgres
import Trading

/// What an order is before it is stored, on the paper account and in a practice alike.
struct OrderDraft: Sendable {
    let id: String
    let side: OrderSide
    let kind: OrderKind<Price>
    let quantity: Quantity
    var timeInForce = TimeInForce.goodTillCancelled
    var isReduceOnly = false
    var role: OrderRole?
    /// Of an exit: the order whose purchase it closes.
    var entryID: String?
    var bracket = Bracket()
    /// What is kept back of the cash while it rests.
    var heldCash = Money.zero
    /// Bars that begin then or later may fill it.
    let activeFrom: Instant
    var expiresAt: Instant?
    let status: OrderStatus
    var refusal: OrderRefusal?
    var clientID: String?
    var contentHash: [UInt8]?
    let detail: String

    init(
        _ id: String, _ side: OrderSide, _ kind: OrderKind<Price>, _ quantity: Quantity, from activeFrom: Instant,
        _ status: OrderStatus, _ detail: String
    ) {
        (self.id, self.side, self.kind, self.quantity) = (id, side, kind, quantity)
        (self.activeFrom, self.status, self.detail) = (activeFrom, status, StoredDetail.cut(detail))
    }

    /// As somebody has asked for it.
    init(
        _ id: String, _ form: OrderForm, _ quantity: Quantity, from activeFrom: Instant, _ status: OrderStatus,
        _ detail: String
    ) {
        let ticket = form.ticket
        self.init(id, ticket.side, ticket.kind, quantity, from: activeFrom, status, detail)
        (timeInForce, isReduceOnly) = (form.timeInForce, ticket.isReduceOnly)
        (role, bracket) = (ticket.bracket.isEmpty ? nil : .entry, ticket.bracket)
        (clientID, contentHash) = (form.clientID, form.contentHash)
    }

    /// An exit of a bracket, which rests from the bar after the purchase.
    init(exit: RestingOrder, of symbol: String) {
        self.init(
            exit.id, exit.side, exit.kind, exit.quantity, from: exit.activeFrom, .pending,
            exit.kind.sentence(closing: exit.quantity, symbol))
        isReduceOnly = true
        role = exit.kind.type == .stop ? .stopLoss : .takeProfit
        if case .exit(let id) = exit.role { entryID = id }
    }
}

/// What has become of an order or a runner, as its column takes it.
enum StoredDetail {
    static let longest = 500

    static func cut(_ sentence: String) -> String {
        sentence.utf8.count <= longest ? sentence : String(sentence.prefix(longest))
    }
}

extension OrderDraft {
    static let columns = """
        id, side, order_type, limit_price, stop_price, quantity, time_in_force, reduce_only, role, entry_order_id, stop_loss,
        take_profit, held_cash, active_from, expires_at, status, reject_reason, client_order_id, content_hash, detail,
        ended_at
        """

    /// What stands for the ``columns`` once the ``parameters`` are `$1` to `$20`; those of a table's own columns follow.
    static let values = """
        $1::uuid, $2, $3, $4::numeric, $5::numeric, $6::numeric, $7, $8, $9, $10::uuid, $11::numeric,
        $12::numeric, $13::numeric, $14::timestamptz, $15::timestamptz, $16, $17, $18, $19, $20,
        CASE WHEN $16 <> 'PENDING' THEN clock_timestamp() END
        """

    var parameters: [any ParameterValue] {
        [
            id, side, kind.type, kind.limitPrice, kind.stopPrice, quantity, timeInForce, isReduceOnly, role, entryID,
            bracket.stopLoss, bracket.takeProfit, heldCash, activeFrom, expiresAt, status, refusal, clientID,
            contentHash, detail,
        ]
    }
}
