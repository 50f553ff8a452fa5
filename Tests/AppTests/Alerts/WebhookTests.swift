import HTTP
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct WebhookTests {
    @Test func `a message is signed over its time and body`() {
        let secret = WebhookSecret(text: "whsec_test")
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_test
        #expect(
            secret.signature(of: Array(#"{"a":1}"#.utf8), at: 1_700_000_000)
                == "t=1700000000,v1=38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789")
    }

    @Test func `what a user is told is posted to their webhooks, signed, with the same id at every attempt`() throws {
        let desk = try WebhookDesk()
        let (id, secret) = try desk.add("https://example.org/hook?token=1")
        _ = try desk.trading.setAlert(["kind": "order_filled"])
        let order = try desk.trading.order("BUY", ["quantity": "2"])
        desk.servers.answer(.success(503))
        #expect(try desk.deliver() == 1)
        var delivery = try #require(try desk.deliveries(id).first)
        #expect(delivery["status"] == "pending" && delivery["attempts"] == 1 && delivery["response_status"] == 503)
        #expect(delivery["error"] == "The server answered 503, and not 2xx.")
        #expect(try desk.webhook(id)["failures"] == 1)
        desk.servers.answer(.success(204))
        #expect(try desk.deliver() == 0, "it is tried again later")
        #expect(try desk.deliver(isLater: true) == 1)
        delivery = try #require(try desk.deliveries(id).first)
        #expect(delivery["status"] == "delivered" && delivery["attempts"] == 2 && delivery["error"] == .null)
        #expect(try desk.webhook(id)["failures"] == 0 && desk.webhook(id)["delivered_at"] != .null)
        let messages = desk.servers.messages
        #expect(messages.count == 2 && messages[0].body == messages[1].body)
        let body = try #require(try parse(messages[0].body).objectValue)
        #expect(body["kind"] == "order_filled" && body["symbol"] == "STK" && body["subject_id"] == order["id"])
        #expect(body["detail"] == "Bought 2 STK at 100.00, the close of 30 Jan 2024." && body["id"] == delivery["id"])
        for message in messages {
            #expect(message.url == "https://example.org/hook?token=1")
            let fields = Dictionary(uniqueKeysWithValues: message.fields)
            #expect(fields["X-BitStockerz-Delivery"] == body["id"]?.stringValue)
            let signature = try #require(fields["X-BitStockerz-Signature"])
            let seconds = try #require(Int64(signature.split(separator: ",")[0].dropFirst(2)))
            #expect(signature == WebhookSecret(text: secret).signature(of: message.body, at: seconds))
        }
    }

    @Test func `a message is tried three times, and a webhook that has failed is left alone`() throws {
        let desk = try WebhookDesk()
        let (id, _) = try desk.add("https://example.org/hook")
        _ = try desk.trading.setAlert(["kind": "order_filled"])
        desk.servers.answer(.failure(WebhookError("Nobody is there.")))
        for _ in 0..<3 { try desk.trading.order("BUY", ["quantity": "1"]) }
        try desk.deliver()
        #expect(desk.servers.messages.count == 1, "the others wait, and have lost nothing")
        #expect(try desk.deliveries(id).compactMap { $0["attempts"] } == [0, 0, 1])
        for _ in 0..<20 { try desk.deliver(isLater: true) }
        #expect(desk.servers.messages.count == 9)
        #expect(try desk.deliveries(id).allSatisfy { $0["status"] == "failed" && $0["error"] == "Nobody is there." })
    }

    @Test func `one that fails again and again is switched off, and its user is told once`() throws {
        let desk = try WebhookDesk()
        let (id, _) = try desk.add("https://user.example:8443/secret-path")
        let (other, _) = try desk.add("https://other.example/")
        _ = try desk.send("PATCH", "/api/webhooks/\(other)", ["is_active": false])
        _ = try desk.trading.setAlert(["kind": "order_filled"])
        desk.servers.answer(.success(302))
        for _ in 0..<5 { try desk.trading.order("BUY", ["quantity": "1"]) }
        for _ in 0..<30 { try desk.deliver(isLater: true) }
        #expect(desk.servers.messages.count == Webhook.maximumFailures)
        #expect(try desk.webhook(id)["is_active"] == false)
        let told = try desk.trading.told().filter { $0.hasPrefix("webhook_disabled") }
        #expect(
            told == [
                "webhook_disabled The webhook to user.example:8443 was switched off after 10 failed attempts. The server answered 302: redirects are not followed."
            ])
        #expect(try desk.deliveries(id).allSatisfy { $0["status"] == "failed" })
        #expect(try desk.send("POST", "/api/webhooks/\(id)/test").status == 409)
        let on = try desk.send("PATCH", "/api/webhooks/\(id)", ["is_active": true]).object?["webhook"]?.objectValue
        #expect(on?["is_active"] == true && on?["failures"] == 0)
        desk.servers.answer(.success(200))
        try desk.trading.order("BUY", ["quantity": "1"])
        #expect(try desk.deliver() == 1)
        #expect(try desk.deliveries(id).first?["status"] == "delivered")
        // What is asked for twice changes nothing the second time.
        #expect(try desk.send("PATCH", "/api/webhooks/\(id)", ["is_active": true]).status == 200)
        let events = try desk.trading.installation.events().map(\.type).filter { $0.hasPrefix("webhook.") }
        #expect(
            events == ["webhook.made", "webhook.made", "webhook.disabled", "webhook.disabled", "webhook.enabled"],
            "by its user, by its failures, and on again")
    }

    @Test func `a test is sent at once, one at a time, and can be cancelled as a job`() throws {
        let desk = try WebhookDesk()
        let (id, _) = try desk.add("https://example.org/hook")
        for _ in 0..<3 { #expect(try desk.send("POST", "/api/webhooks/\(id)/test").status == 202) }
        #expect(try desk.deliver() == 1)
        #expect(try desk.deliveries(id).first?["kind"] == "webhook_test")
        #expect(try parse(desk.servers.messages[0].body).objectValue?["detail"] == "This is a test.")
        #expect(try desk.send("POST", "/api/webhooks/\(id)/test").status == 202)
        let waiting = try desk.deliveries(id).first { $0["status"] == "pending" }?["id"]?.stringValue ?? ""
        #expect(try desk.trading.browser.send("POST", "/api/jobs/\(waiting)/cancel").status == 200)
        #expect(try desk.deliveries(id).compactMap { $0["status"] } == ["failed", "delivered"])
        let ended = try desk.deliveries(id).first
        #expect(ended?["error"] == "Cancelled on request." && ended?["finished_at"]?.stringValue != nil)
        #expect(try desk.send("POST", "/api/webhooks/\(id)/test").status == 202)
        #expect(try desk.deliver() == 1)
    }

    @Test func `what is removed gets nothing any more`() throws {
        let desk = try WebhookDesk()
        let (id, _) = try desk.add("https://example.org/hook")
        _ = try desk.trading.setAlert(["kind": "order_filled"])
        try desk.trading.order("BUY", ["quantity": "1"])
        #expect(try desk.send("DELETE", "/api/webhooks/\(id)").status == 204)
        #expect(try desk.send("DELETE", "/api/webhooks/\(id)").status == 404)
        #expect(try desk.deliver() == 1)
        #expect(desk.servers.messages.isEmpty)
        let events = try desk.trading.installation.events().map(\.type).filter { $0.hasPrefix("webhook.") }
        #expect(events == ["webhook.made", "webhook.removed"])
    }

    @Test(arguments: [
        ("", "url"), ("ftp://example.org/", "url"), ("https://", "url"), ("example.org", "url"),
        ("https://exam ple.org/", "url"), ("https://private.example/", "url"),
        ("https://example.org/\u{e9}", "url"), ("https://example.org/" + String(repeating: "x", count: 2_000), "url"),
    ])
    func `what is no address of a server is refused by its field`(_ url: String, _ field: String) throws {
        let desk = try WebhookDesk()
        let answer = try desk.send("POST", "/api/webhooks", ["url": .string(url)])
        #expect(answer.status == 400, "\(answer.text)")
        #expect(answer.object?["field_errors"]?.arrayValue?.first?.objectValue?["field"] == .string(field))
        #expect(try desk.trading.installation.scalar("SELECT count(*) FROM webhooks") == 0)
    }

    @Test func `there are only so many, each once, and other people's do not exist`() throws {
        let desk = try WebhookDesk()
        let (id, _) = try desk.add("https://0.example/")
        #expect(try desk.send("POST", "/api/webhooks", ["url": "https://0.example/"]).status == 409)
        for number in 1..<Webhook.maximumOfUser { _ = try desk.add("https://\(number).example/") }
        let refused = try desk.send("POST", "/api/webhooks", ["url": "https://more.example/"])
        #expect(refused.status == 429 && refused.object?["code"] == "QUOTA_EXCEEDED")
        let (eve, _) = try desk.trading.installation.user("eve@example.org")
        #expect(try desk.send("GET", "/api/webhooks", as: eve).object?["webhooks"] == [])
        for (method, path, body) in [
            ("PATCH", "", ["is_active": false]), ("DELETE", "", nil), ("POST", "/test", nil),
            ("GET", "/deliveries", nil),
        ] as [(String, String, Value?)] {
            #expect(
                try desk.send(method, "/api/webhooks/\(id)\(path)", body, as: eve).status == 404, "\(method) \(path)")
        }
    }

    @Test func `an account that ends takes its webhooks along, and an export tells no secret`() throws {
        let desk = try WebhookDesk()
        let (_, secret) = try desk.add("https://example.org/hook")
        _ = try desk.trading.setAlert(["kind": "order_filled"])
        try desk.trading.order("BUY", ["quantity": "1"])
        let export = try desk.trading.browser.send("GET", "/api/me/export")
        #expect(export.object?["webhooks"]?.arrayValue?.first?.objectValue?["url"] == "https://example.org/hook")
        #expect(!export.text.contains(secret))
        #expect(try desk.trading.browser.send("DELETE", "/api/me", ["email": "ada@example.org"]).status == 204)
        for table in ["alerts", "notifications", "webhooks", "webhook_deliveries"] {
            #expect(try desk.trading.installation.scalar("SELECT count(*) FROM \(table)") == 0, "\(table)")
        }
        #expect(try desk.deliver() == 0)
    }

    @Test func `what is added needs a recent sign-in, and no key will do`() throws {
        let desk = try WebhookDesk()
        try desk.trading.installation.age(minutes: 6)
        let answer = try desk.send("POST", "/api/webhooks", ["url": "https://example.org/"])
        #expect(answer.status == 403 && answer.object?["code"] == "REAUTHENTICATION_REQUIRED")
    }
}
