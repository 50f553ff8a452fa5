import HTTP
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

/// Orders that a passkey has to sign (trading.md, "Signed orders").
@Suite struct SignedOrderTests {
    /// A trader who signs what is worth more than 1,000.00; STK is at 100.
    private func desk() throws -> TradingDesk {
        let desk = try TradingDesk(["SIGNED_ORDER_NOTIONAL": "1000"])
        let set = try desk.browser.send("PUT", "/api/paper-account/signing", ["signs_orders": true])
        #expect(set.status == 200 && set.object?["signs_orders"] == true && set.object?["above"] == "1000.00")
        return desk
    }

    private static let large: Object = [
        "symbol": "STK", "side": "BUY", "quantity": "11", "client_order_id": "large",
    ]

    private func question(_ desk: TradingDesk, _ ticket: Object) throws -> Value? {
        var ticket = ticket
        ticket["client_order_id"] = nil
        return try desk.browser.send("POST", "/api/trading/orders/signing", .object(ticket)).object?["public_key"]
    }

    private func signed(_ desk: TradingDesk, _ ticket: Object) throws -> Object {
        var body = ticket
        body["credential"] = try desk.authenticator.get(try question(desk, ticket))
        return body
    }

    private func place(_ desk: TradingDesk, _ body: Object) throws -> HTTPClient.Answer {
        try desk.browser.send("POST", "/api/trading/orders", .object(body))
    }

    @Test func `a large order is taken with a signature of its ticket, and once`() throws {
        let desk = try desk()
        let small = try desk.order("BUY", ["quantity": "10"])
        #expect(small["status"] == "FILLED" && small["signed_at"] == .null)
        let bare = try place(desk, Self.large)
        #expect(bare.status == 403 && bare.object?["code"] == "TRADING_SIGNATURE_REQUIRED", "\(bare.text)")
        #expect(
            bare.object?["detail"]
                == "Orders above 1,000.00 are signed with a passkey on this account: ask /api/trading/orders/signing what it is to sign."
        )
        var ticket = Self.large
        ticket["client_order_id"] = nil
        let preview = try desk.browser.send("POST", "/api/trading/orders/preview", .object(ticket))
        #expect(preview.object?["needs_signature"] == true && preview.object?["would"] == "FILL")

        var body = try signed(desk, Self.large)
        // The same ticket as answers write it. What is signed and hashed is in the form that it always had.
        body["quantity"] = "11.00000000"
        let placed = try place(desk, body)
        let order = placed.object?["order"]?.objectValue
        #expect(placed.status == 200 && order?["status"] == "FILLED" && order?["signed_at"] != .null, "\(placed.text)")
        #expect(
            try desk.installation.scalar(
                #"SELECT count(*) FROM order_signatures WHERE convert_from(ticket, 'UTF8') LIKE '%"quantity":"11",%'"#)
                == 1)
        // Its answer may have been lost: the same again finds it.
        let again = try place(desk, body)
        #expect(again.status == 200 && again.object?["order"]?.objectValue?["id"] == order?["id"])
        // Under another name it would be a second order, for which nothing was signed.
        var second = body
        second["client_order_id"] = "second"
        let refused = try place(desk, second)
        #expect(refused.status == 403 && refused.object?["code"] == "FORBIDDEN", "\(refused.text)")
        #expect(try desk.rows("/api/trading/positions", "positions").first?["quantity"] == "21.00000000")
        try desk.verify()
    }

    @Test(
        arguments: [
            ["quantity": "12"], ["side": "SELL"], ["symbol": "COIN-USD"], ["credential": [:]], ["credential": "signed"],
        ] as [Object])
    func `a signature is of one ticket`(_ change: Object) throws {
        let desk = try desk()
        var body = try signed(desk, Self.large)
        for (name, value) in change.members { body[name] = value }
        let answer = try place(desk, body)
        #expect(answer.status == 403 && answer.object?["code"] == "FORBIDDEN", "\(answer.text)")
        #expect(try desk.rows("/api/trading/orders", "orders").isEmpty)
        let events = try desk.rows("/api/me/audit", "events").compactMap { $0["type"]?.stringValue }
        #expect(events.first == "order.signature_refused")
        try desk.verify()
    }

    @Test func `a signature is of one user, in one session and browser`() throws {
        let desk = try desk()
        let (other, _) = try desk.installation.user("other@example.org")
        let body = try signed(desk, Self.large)
        #expect(try other.send("POST", "/api/trading/orders", .object(body)).status == 403)
        // The question is still the trader's.
        #expect(try place(desk, body).status == 200)
        // A passkey of somebody else signs nothing of mine.
        let asked = try #require(try question(desk, Self.large).flatMap(\.objectValue))
        var forged = asked
        forged["allowCredentials"] = []
        let stranger = try desk.installation.user("stranger@example.org").authenticator
        var strange = Self.large
        strange["client_order_id"] = "strange"
        strange["credential"] = try stranger.get(.object(forged))
        #expect(try place(desk, strange).status == 403)
        try desk.verify()
    }

    @Test func `a signature asks for the user, and a sign-in is none`() throws {
        let desk = try desk()
        desk.authenticator.isUserVerified = false
        #expect(try place(desk, signed(desk, Self.large)).status == 403)
        desk.authenticator.isUserVerified = true
        let options = try desk.browser.send("POST", "/api/auth/reauthenticate/options", [:])
        var body = Self.large
        body["credential"] = try desk.authenticator.get(options.object?["public_key"])
        #expect(try place(desk, body).status == 403)
    }

    @Test func `a change that makes an order large wants a new one, but exits may be moved`() throws {
        let desk = try desk()
        let resting = try desk.order("BUY", ["quantity": "5", "order_type": "LIMIT", "limit_price": "90"])
        let path = "/api/trading/orders/\(resting["id"]?.stringValue ?? "")"
        let refused = try desk.browser.send("PATCH", path, ["quantity": "12"])
        #expect(refused.status == 403 && refused.object?["code"] == "TRADING_SIGNATURE_REQUIRED", "\(refused.text)")
        #expect(try desk.shown(resting)["quantity"] == "5.00000000")
        #expect(try desk.browser.send("PATCH", path, ["quantity": "6"]).status == 200)
        var entry = Self.large
        entry["stop_loss"] = "90"
        #expect(try place(desk, signed(desk, entry)).status == 200)
        let exit = try #require(
            try desk.rows("/api/trading/orders?status=PENDING", "orders").first { $0["role"] == "STOP_LOSS" })
        let moved = try desk.browser.send(
            "PATCH", "/api/trading/orders/\(exit["id"]?.stringValue ?? "")", ["stop_price": "95"])
        #expect(moved.status == 200, "\(moved.text)")
        try desk.verify()
    }

    @Test func `a low limit makes no large sale a small one`() throws {
        let desk = try TradingDesk(["SIGNED_ORDER_NOTIONAL": "1000"])
        for _ in 0..<2 { try desk.order("BUY", ["quantity": "100"]) }
        #expect(try desk.browser.send("PUT", "/api/paper-account/signing", ["signs_orders": true]).status == 200)
        let sale: Object = [
            "symbol": "STK", "side": "SELL", "quantity": "200", "order_type": "STOP_LIMIT", "stop_price": "99.99",
            "limit_price": "0.01",
        ]
        let preview = try desk.browser.send("POST", "/api/trading/orders/preview", .object(sale))
        #expect(preview.object?["notional"] == "19998.00" && preview.object?["needs_signature"] == true)
        #expect(try place(desk, sale).status == 403)
        #expect(try place(desk, signed(desk, sale)).status == 200)
        try desk.verify()
    }

    @Test func `what was signed is not changed, and a change beside us is found`() throws {
        let desk = try desk()
        var ticket = Self.large
        (ticket["order_type"], ticket["limit_price"], ticket["quantity"]) = ("LIMIT", "95", "20")
        let order = try #require(try place(desk, signed(desk, ticket)).object?["order"]?.objectValue)
        let path = "/api/trading/orders/\(order["id"]?.stringValue ?? "")"
        let refused = try desk.browser.send("PATCH", path, ["quantity": "2"])
        #expect(refused.status == 409, "\(refused.text)")
        try desk.verify()
        try desk.db.script("ALTER TABLE orders DISABLE TRIGGER orders_question_is_final")
        func symbol(_ name: String) -> String { "symbol_id = (SELECT id FROM symbols WHERE symbol = '\(name)')" }
        for (change, back) in [
            ("quantity = 200", "quantity = 20"), ("limit_price = 99", "limit_price = 95"),
            ("time_in_force = 'DAY'", "time_in_force = 'GTC'"), (symbol("COIN-USD"), symbol("STK")),
        ] {
            try desk.db.script("UPDATE orders SET \(change)")
            let faults = try LedgerVerification.verify(in: &desk.db).faults
            #expect(faults.first?.hasSuffix("does not hold.") == true, "\(change)")
            try desk.db.script("UPDATE orders SET \(back)")
        }
        #expect(try desk.browser.send("DELETE", path).status == 200)
        try desk.verify()
        // What is called otherwise since then is still what was signed.
        try desk.db.script("UPDATE symbols SET symbol = 'NEW', updated_at = clock_timestamp() WHERE symbol = 'STK'")
        try desk.verify()
    }

    @Test(
        arguments: [
            ["order_type": "LIMIT", "limit_price": "95"], ["order_type": "STOP", "stop_price": "105"],
            ["order_type": "STOP_LIMIT", "stop_price": "105", "limit_price": "106"],
        ] as [Object])
    func `an amount that was signed buys no more than that`(_ kind: Object) throws {
        let desk = try desk()
        var ticket: Object = ["symbol": "STK", "side": "BUY", "notional": "2000", "client_order_id": "amount"]
        for (name, value) in kind.members { ticket[name] = value }
        #expect(try place(desk, signed(desk, ticket)).object?["order"]?.objectValue?["signed_at"] != .null)
        try desk.verify()
        try desk.db.script("UPDATE orders SET quantity = quantity * 1.01")
        let faults = try LedgerVerification.verify(in: &desk.db).faults
        #expect(faults.count == 1, "\(faults)")
    }

    @Test func `a key starts no large runner`() throws {
        let desk = try desk()
        let key = try desk.browser.send("POST", "/api/me/api-keys", ["name": "key", "scopes": ["read", "trade"]])
        let fields = [
            ("Authorization", "Bearer \(key.object?["key"]?.stringValue ?? "")"), ("Content-Type", "application/json"),
        ]
        let strategy = try desk.browser.send(
            "POST", "/api/strategies",
            [
                "name": "s", "asset_type": "EQUITY", "timeframe": "1d",
                "definition": try parse(Array(TestDefinition.crossing.utf8)),
            ])
        func start(_ capital: String) throws -> HTTPClient.Answer {
            let body: Value = [
                "strategy_version_id": strategy.object?["version_id"] ?? 1, "symbol": "STK", "timeframe": "1d",
                "capital": .string(capital),
            ]
            return try desk.installation.send("POST", "/api/trading/runners", fields, body.bytes)
        }
        let refused = try start("1000.01")
        #expect(refused.status == 403 && refused.object?["code"] == "TRADING_SIGNATURE_REQUIRED", "\(refused.text)")
        let taken = try start("1000.00")
        #expect(taken.status == 201, "\(taken.text)")
    }

    @Test func `an API key cannot sign, and may trade what is small`() throws {
        let desk = try desk()
        let key = try desk.browser.send("POST", "/api/me/api-keys", ["name": "key", "scopes": ["read", "trade"]])
        let token = try #require(key.object?["key"]?.stringValue)
        func send(_ body: Object) throws -> Int {
            let fields = [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")]
            return try desk.installation.send("POST", "/api/trading/orders", fields, Value.object(body).bytes).status
        }
        #expect(try send(Self.large) == 403)
        #expect(try send(["symbol": "STK", "side": "BUY", "quantity": "1"]) == 200)
        #expect(try send(signed(desk, Self.large)) == 403)
    }

    @Test func `nobody switches it off without a recent sign-in, or on without a passkey`() throws {
        let desk = try desk()
        try desk.db.script("UPDATE sessions SET authenticated_at = now() - interval '1 hour'")
        let off = try desk.browser.send("PUT", "/api/paper-account/signing", ["signs_orders": false])
        #expect(off.status == 403 && off.object?["code"] == "REAUTHENTICATION_REQUIRED", "\(off.text)")
        #expect(try desk.browser.confirm(desk.authenticator).status == 200)
        #expect(try desk.browser.send("PUT", "/api/paper-account/signing", ["signs_orders": false]).status == 200)
        #expect(try place(desk, Self.large).status == 200)
        let events = try desk.rows("/api/me/audit", "events").compactMap { $0["type"]?.stringValue }
        #expect(events.filter { $0 == "paper_account.signing_changed" }.count == 2)
        try desk.db.script("DELETE FROM webauthn_credentials")
        let on = try desk.browser.send("PUT", "/api/paper-account/signing", ["signs_orders": true])
        #expect(on.status == 409, "\(on.text)")
    }

    @Test(
        arguments: [
            "ticket = convert_to(replace(convert_from(ticket, 'UTF8'), '\"11\"', '\"12\"'), 'UTF8')",
            "nonce = sha256(nonce)", "signature = overlay(signature PLACING '\\x00' FROM 12)",
            "authenticator_data = overlay(authenticator_data PLACING '\\x00' FROM 1)",
            "client_data = client_data || ' '",
        ])
    func `the verification of the ledger finds a signature that was changed`(_ change: String) throws {
        let desk = try desk()
        #expect(try place(desk, signed(desk, Self.large)).status == 200)
        try desk.verify()
        try desk.db.script(
            """
            ALTER TABLE order_signatures DISABLE TRIGGER order_signatures_are_final;
            UPDATE order_signatures SET \(change)
            """)
        let faults = try LedgerVerification.verify(in: &desk.db).faults
        #expect(faults.count == 1 && faults[0].hasSuffix("does not hold."), "\(faults)")
    }

    @Test func `signatures go with the account`() throws {
        let desk = try desk()
        #expect(try place(desk, signed(desk, Self.large)).status == 200)
        let email = try desk.get("/api/me")["email"] ?? .null
        #expect(try desk.browser.send("DELETE", "/api/me", ["email": email]).status == 204)
        #expect(try desk.installation.scalar("SELECT count(*) FROM order_signatures") == 0)
        #expect(try LedgerVerification.verify(in: &desk.db).faults == [])
    }
}
