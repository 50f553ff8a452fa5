import Crypto
import HTTP
import JSON
import Market
import Postgres
import System
import Trading
import WebAuthn

/// Orders that a passkey signs, where an account's owner wants it (trading.md, "Signed orders").
///
/// The challenge is the SHA-256 of the canonical ticket and a nonce of ours: what was signed is this ticket and no other, and
/// once. The assertion stays with the order, and `bitstockerz ledger verify` looks at it again. A passkey signs what the
/// server asked, and not what the screen showed.
enum OrderSigning {
    static func challenge(for form: OrderForm, nonce: [UInt8]) -> [UInt8] {
        challenge(for: form.canonical, nonce: nonce)
    }

    static func challenge(for ticket: [UInt8], nonce: [UInt8]) -> [UInt8] { Digest.sha256(ticket + nonce) }

    static let options = Route(
        .post, "/api/trading/orders/signing", .session(),
        "What a passkey is to sign for an order: the challenge stands for this ticket alone, once, and for five minutes. Moves nothing.",
        takes: OrderForm.ticketField, answers: [CeremonyOptions.Use.answer], errors: [.conflict], limit: .signIn
    ) { call, db, form in
        let party = try call.relyingParty()
        let passkeys = try db.run(.passkeys(of: call.userID()))
        guard !passkeys.isEmpty else { throw Problem(.conflict, needsPasskey) }
        let nonce = Random.bytes(32)
        let browser = Challenges.browserToken(of: call.request)
        let question = Challenges.Question(purpose: .signOrder, sessionID: try call.session().id, nonce: nonce)
        let challenge = challenge(for: form, nonce: nonce)
        try db.ask(question, challenge: challenge, browser: browser)
        return CeremonyOptions.Use.answer(
            .init(allowed: passkeys.map(\.descriptor), challenge: challenge, relyingPartyID: party.id), capacity: 1_024
        ).bound(to: browser)
    }

    fileprivate static let needsPasskey = "There is no passkey to sign with: add one in the settings first."

    /// What a credential that came with an order turned out to be.
    typealias Proof = Result<OrderSignature, WebAuthnRefusal>

    /// Uses up the question, and holds the answer against it and against the ticket. For the beginning of a transaction: the
    /// passkey is locked before its questions, and both before the account, as where an account ends.
    static func prove(
        _ credential: Value, _ form: OrderForm, _ call: Call, _ db: inout Connection
    ) throws -> Proof {
        let party = try call.relyingParty()
        guard let session = try call.signedIn().session else {
            throw Problem(.forbidden, "Only a browser that is signed in sends a signature; an API key cannot.")
        }
        let answer: AuthenticationAnswer
        do throws(WebAuthnRefusal) { answer = try AuthenticationAnswer(credential) } catch { return .failure(error) }
        guard let browser = Challenges.existingBrowserToken(of: call.request) else { return .failure(unasked) }
        let (found, question) = try db.run(
            .credential(answer.credentialID, isHeld: true),
            .takingQuestion(
                answer.clientData.challengeSHA256, .signOrder, sessionID: session.id, browser: browser))
        guard let nonce = question?.nonce else { return .failure(unasked) }
        guard let found, found.userID == (try call.userID()) else {
            return .failure(WebAuthnRefusal(.wrongCredential, "not of this user"))
        }
        let ceremony = Authentication(
            challenge: .bytes(challenge(for: form, nonce: nonce)), relyingParty: party,
            userHandle: found.record.userHandle)
        let used: AuthenticatedCredential
        do throws(WebAuthnRefusal) { used = try ceremony.verify(answer, against: found.record) } catch {
            return .failure(error)
        }
        // The passkey is held: nobody has raised its counter meanwhile.
        try db.run(.recording(used))
        return .success(
            OrderSignature(
                credentialID: found.record.id, publicKey: found.record.publicKey, ticket: form.canonical, nonce: nonce,
                assertion: answer.assertion))
    }

    static func required(_ configuration: Configuration, _ advice: String) -> Problem {
        Problem(
            .tradingSignatureRequired,
            "Orders above \(configuration.signedOrderNotional.told) are signed with a passkey on this account: \(advice)"
        )
    }

    private static let unasked = WebAuthnRefusal(.wrongChallenge, "unknown, used or expired")
}

/// `/api/paper-account/signing`: whether large orders are signed.
extension OrderSigning {
    private struct Setting: Sendable {
        let isOn: Bool
        let threshold: Money

        static let form = Form<Setting>.object(
            "OrderSigning",
            [
                .member("signs_orders", .flag, \.isOn),
                .member("above", Form<Money>.money.described("Orders of more than this are signed"), \.threshold),
            ])
    }

    private static let found = Answer(200, "Whether large orders are signed", Setting.form)

    static let setting = Route(
        .get, "/api/paper-account/signing", .signedIn(.read),
        "Whether large orders of the account are signed with a passkey.",
        answers: [found]
    ) { call, db in
        let account = try db.run(.paperAccountState(of: call.userID()))
        return found(Setting(isOn: account?.signsOrders ?? false, threshold: call.configuration.signedOrderNotional))
    }

    static let change = Route(
        .put, "/api/paper-account/signing", .session(confirmed: true),
        "Switches on or off that large orders are signed with a passkey. What is signed is what the server asked, and not what a screen showed; what runners and exits of brackets do is not signed.",
        takes: .body("signs_orders", Form<Bool>.flag.example(true), "Whether they are"), answers: [found],
        errors: [.conflict, .tradingAccountInactive]
    ) { call, db, isOn in
        let userID = try call.userID()
        let passkeys = try db.run(.passkeys(of: userID), .ensuringPaperAccount(of: userID)).0
        guard !isOn || !passkeys.isEmpty else { throw Problem(.conflict, needsPasskey) }
        try db.transaction(opening: .lockingPaperAccount(of: userID)) { db, account in
            guard let account = try account?.checked(in: &db) else { throw Problem(.unauthorized) }
            guard account.signsOrders != isOn else { return }
            try db.run(
                .change(
                    "UPDATE paper_accounts SET signs_orders = $2, updated_at = now() WHERE id = $1::int", account.id,
                    isOn))
            try call.audit(.signingChanged, ["signs_orders": .bool(isOn)], in: &db)
        }
        return found(Setting(isOn: isOn, threshold: call.configuration.signedOrderNotional))
    }
}

/// What a passkey has signed, as it is kept with the order.
struct OrderSignature: Sendable {
    let credentialID: [UInt8]
    let publicKey: [UInt8]
    let ticket: [UInt8]
    let nonce: [UInt8]
    let assertion: Assertion

    /// Whether it holds still, and is of what was asked for.
    func holds(for contentHash: [UInt8]?) -> Bool {
        contentHash == Digest.sha256(ticket)
            && assertion.isSigned(by: publicKey, challenge: OrderSigning.challenge(for: ticket, nonce: nonce))
    }
}

/// A signature beside the order that it is for, as that stands now.
struct SignedOrder: Sendable {
    let orderID: String
    let contentHash: [UInt8]?
    /// What the order says of the members of its ticket.
    private let members: Object
    /// How its symbol was called then; nil where it may have had another name.
    private let symbol: String?
    private let symbolID: Int
    private let quantity: Quantity
    /// The price by which an amount became a quantity; nil of an order that was refused.
    private let price: Price?
    let signature: OrderSignature

    /// Whether the order is what was signed, and the signature is one.
    var holds: Bool { isWhatWasSigned && signature.holds(for: contentHash) }

    private var isWhatWasSigned: Bool {
        guard let ticket = (try? parse(signature.ticket))?.objectValue else { return false }
        // A sale of what there is at the most may have been of less.
        let wanted = ticket["quantity"]?.stringValue.flatMap { Quantity($0) }
        let amount = ticket["notional"]?.stringValue.flatMap { Money($0) }
        let largest = amount.flatMap { amount in price.flatMap { try? Quantity(spending: amount, at: $0) } }
        return members.members.allSatisfy { (ticket[$0.name] ?? .null) == $0.value }
            && (ticket["symbol_id"]?.numberValue.map { $0.int == symbolID } ?? true)
            && (symbol.map { ticket["symbol"] == .string($0) } ?? true) && (largest.map { quantity <= $0 } ?? true)
            && (wanted.map { ticket["reduce_only"] == "true" ? quantity <= $0 : quantity == $0 } ?? true)
    }

    fileprivate init(_ row: inout RowReader) throws {
        (orderID, contentHash) = (try row.next(), try row.next())
        let side: OrderSide = try row.next(), type: OrderType = try row.next()
        let prices: [(String, Price?)] = [
            ("limit", try row.next()), ("stop", try row.next()), ("stop_loss", try row.next()),
            ("take_profit", try row.next()),
        ]
        let time: TimeInForce = try row.next(), isReduceOnly: Bool = try row.next()
        members = Object(
            [("side", .string(side.rawValue)), ("type", .string(type.rawValue))]
                + prices.map { ($0.0, $0.1.map { .string($0.description) } ?? .null) }
                + [
                    ("time_in_force", .string(time.rawValue)),
                    ("reduce_only", .string(isReduceOnly ? "true" : "false")),
                ])
        (quantity, symbol, symbolID) = (try row.next(), try row.next(), try row.next())
        let filled: Price? = try row.next(), (limit, stop) = (prices[0].1, prices[1].1)
        // Only an order at the market asks what that was.
        price = (limit ?? stop ?? filled).flatMap {
            OrderKind(type, limit: limit, stop: stop)?.reference(side, market: $0)
        }
        signature = OrderSignature(
            credentialID: try row.next(), publicKey: try row.next(), ticket: try row.next(), nonce: try row.next(),
            assertion: Assertion(
                clientData: try row.next(), authenticatorData: try row.next(), signature: try row.next()))
    }
}

extension Query {
    static func inserting(_ signature: OrderSignature, of orderID: String) -> Query<Int> {
        .change(
            """
            INSERT INTO order_signatures (order_id, credential_id, public_key, ticket, nonce, client_data,
              authenticator_data, signature)
            VALUES ($1::uuid, $2, $3, $4, $5, $6, $7, $8)
            """, orderID, signature.credentialID, signature.publicKey, signature.ticket, signature.nonce,
            signature.assertion.clientData, signature.assertion.authenticatorData, signature.assertion.signature)
    }

    /// All that were ever signed, one after another.
    static func signedOrders(ofAccount id: Int) -> Query<[SignedOrder]> {
        .all(
            """
            SELECT o.id, o.content_hash, o.side, o.order_type, o.limit_price, o.stop_price, o.stop_loss, o.take_profit,
              o.time_in_force, o.reduce_only, o.quantity, CASE WHEN s.updated_at <= o.requested_at THEN s.symbol END,
              o.symbol_id, o.avg_fill_price, g.credential_id, g.public_key, g.ticket, g.nonce, g.client_data, g.authenticator_data,
              g.signature
            FROM order_signatures g JOIN orders o ON o.id = g.order_id JOIN symbols s ON s.id = o.symbol_id
            WHERE o.paper_account_id = $1::int
            ORDER BY o.requested_at, o.id
            """, id, read: SignedOrder.init)
    }
}
