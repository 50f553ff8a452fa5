import HTTP
import JSON
import Market
import Postgres
import Trading

/// `POST /api/trading/orders/preview`: what an order would come to. Moves nothing.
enum PreviewOrder {
    private static let answer = Answer(200, "What the order would come to", form)

    static let route = Route(
        .post, "/api/trading/orders/preview", .signedIn(.read),
        "What an order would come to: price and its age, size, fee, cash and position after it, and every limit with how much of it is left. Moves nothing.",
        takes: OrderForm.ticketField, answers: [answer], errors: [.tradingAccountInactive]
    ) { call, db, form in
        let userID = try call.userID()
        let (account, quote, standing) = try db.snapshot(
            .paperAccountState(of: userID), .quote(form.symbol, form.symbolID),
            .standing(of: userID, form.symbol, form.symbolID))
        guard let quote else { throw Problem.unknownSymbol(form.symbol) }
        guard let account = try account?.checked(in: &db), let standing else {
            throw Problem(.tradingAccountInactive, "There is no paper account yet.")
        }
        return answer(JudgedOrder(form, quote, standing, account, call.configuration))
    }

    private struct Limit: Sendable {
        enum OrderLimitUnit: String, CaseIterable {
            case money = "MONEY"
            case units = "UNITS"
            case orders = "ORDERS"
        }

        let check: LimitCheck

        private var parts: (allowed: String, used: String, room: String, unit: OrderLimitUnit) {
            switch check.measure {
            case .money(let allowed, let used):
                let room = (try? allowed - used).map { max($0, .zero) } ?? .zero
                return (allowed.description, used.description, room.description, .money)
            case .quantity(let allowed, let used):
                let room = (try? allowed - used) ?? .zero
                return (allowed.inFull, used.inFull, room.inFull, .units)
            case .orders(let allowed, let used): return ("\(allowed)", "\(used)", "\(max(allowed - used, 0))", .orders)
            case .minimum(let minimum, let used):
                let room = (try? used - minimum).map { max($0, .zero) } ?? .zero
                return (minimum.description, used.description, room.description, .money)
            }
        }

        static let form = Form<Limit>.object(
            "OrderLimit",
            [
                .member("code", .choice(), \.check.refusal),
                .member(
                    "allowed", Form<String>.text.described("At the most; of MIN_NOTIONAL at the least"), \.parts.allowed
                ),
                .member("used", Form<String>.text.described("By this order, or with it"), \.parts.used),
                .member("room", Form<String>.text.described("How far it is from there; 0 beyond it"), \.parts.room),
                .member("unit", .choice(), \.parts.unit),
                .member("is_met", .flag, \.check.isMet),
            ])
    }

    private static let form = Form<JudgedOrder>.object(
        "OrderPreview",
        [
            .member("symbol", .text, \.symbol.symbol), .member("side", .choice(), \.form.ticket.side),
            .member("order_type", .choice(), \.form.ticket.kind.type),
            .nullable(
                "price", Form<Price>.price.described("The last price, or the one that the order waits for"),
                \.review?.price),
            .nullable("last_price", .price, \.market?.price),
            .nullable("price_as_of", .time) { judged in
                judged.market.map { judged.clock.span(of: $0, judged.symbol).end }
            },
            .member(
                "is_stale", Form<Bool>.flag.described("Whether the last price is older than it should be")
            ) { judged in judged.market.map { !judged.clock.isCurrent($0, judged.symbol) } ?? true },
            .member("quantity", .quantity, \.quantity), .nullable("notional", .money, \.review?.notional),
            .nullable("fee", .money, \.review?.fee), .nullable("cash_after", .money, \.review?.cashAfter),
            .nullable("position_after", .quantity, \.review?.positionAfter),
            .nullable("equity", .money) { $0.review?.equity ?? nil },
            .nullable("equity_pct_after", .number) { judged in
                judged.review.flatMap { review in review.equity.flatMap { review.valueAfter.percent(of: $0) } }
            },
            .nullable(
                "loss_at_stop", Form<Money>.money.described("What a fill of stop_loss would lose, fees aside")
            ) { $0.review?.lossAtStop ?? nil },
            .member("limits", .list(of: Limit.form)) { ($0.review?.limits ?? []).map { Limit(check: $0) } },
            .member("would", .choice(), \.outcome),
            .member(
                "needs_signature", Form<Bool>.flag.described("Whether a passkey has to sign it"), \.needsSignature),
            .nullable("reject_reason", .choice(), \.refusal), .member("detail", .text, \.detail),
        ])
}
