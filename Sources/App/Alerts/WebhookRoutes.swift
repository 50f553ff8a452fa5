import HTTP
import JSON
import Jobs
import Postgres
import System

/// `/api/webhooks`: only for browsers, so that a key that leaked sends nothing elsewhere.
enum WebhookRoutes {
    private static let all = Answer(
        200, "The webhooks, without their secrets",
        Form<[Webhook]>.object("webhooks", .list(of: Webhook.form)))

    static let list = Route(
        .get, "/api/webhooks", .session(), "The user's webhooks, newest first.", answers: [all]
    ) { call, db in try all(db.run(.webhooks(of: call.userID()))) }

    private static let made = Answer(
        201, "The webhook",
        Form<(webhook: Webhook, secret: String)>.object([
            .member("webhook", Webhook.form, \.webhook),
            .member("secret", Form<String>.text.described("Signs every message; never shown again"), \.secret),
        ]))

    static let create = Route.outbound(
        .post, "/api/webhooks", .session(confirmed: true),
        """
        Adds a server that is told whatever the user is told. The secret that its messages are signed with is in this \
        answer and nowhere else. An address that leads to this machine or a private network is refused.
        """,
        takes: .body("url", .webhookURL, "Where to post to"), answers: [made], errors: [.conflict, .quotaExceeded]
    ) { call, database, outbound, url in
        let userID = try call.userID()
        // A slow look-up holds no session.
        do throws(WebhookError) { try outbound.webhooks.check(url) } catch {
            throw Problem.invalid("url", "ADDRESS_REFUSED", error.sentence)
        }
        let webhook = try database.use { db in
            try db.transaction(opening: .lockingCaller(userID), .webhooks(of: userID)) { db, _, webhooks in
                guard !webhooks.contains(where: { $0.url == url }) else {
                    throw Problem(.conflict, "There is a webhook for this address already.")
                }
                guard webhooks.count < Webhook.maximumOfUser else {
                    throw Problem(
                        .quotaExceeded, "You have \(webhooks.count) webhooks, which is the most one account can have.")
                }
                let webhook = try db.run(.insertingWebhook(url, of: userID))
                try call.audit(.webhookMade, ["webhook_id": .string(webhook.id)], in: &db)
                return webhook
            }
        }
        return made((webhook, WebhookSecret(of: webhook.id, try call.configuration.requiredServerSecret()).text))
    }

    private static let found = Answer(200, "The webhook", Form<Webhook>.object("webhook", Webhook.form))

    static let update = Route(
        .patch, "/api/webhooks/{id}", .session(), "Switches a webhook on or off.", takes: .id(.webhook),
        .body("is_active", Form<Bool>.flag.example(false)), answers: [found]
    ) { call, db, id, isActive in
        let userID = try call.userID()
        let webhook = try db.transaction(opening: .holdingWebhook(id, of: userID)) { db, wasActive in
            guard let wasActive, let webhook = try db.run(.switching(id, of: userID, isActive)) else {
                throw Thing.webhook.missing(id)
            }
            if wasActive != isActive {
                try call.audit(
                    isActive ? .webhookEnabled : .webhookDisabled, ["webhook_id": .string(id)], in: &db)
            }
            return webhook
        }
        return found(webhook)
    }

    private static let removed = PlainAnswer.nothing("Removed")

    static let remove = Route(
        .delete, "/api/webhooks/{id}", .session(), "Removes a webhook; what still waits is not sent.",
        takes: .id(.webhook), answers: [removed]
    ) { call, db, id in
        let userID = try call.userID()
        try db.transaction(opening: .removingWebhook(id, of: userID)) { db, count in
            guard count == 1 else { throw Thing.webhook.missing(id) }
            try call.audit(.webhookRemoved, ["webhook_id": .string(id)], in: &db)
        }
        return .noContent
    }

    private static let queued = PlainAnswer(status: 202, about: "It is sent now", type: "")

    static let test = Route(
        .post, "/api/webhooks/{id}/test", .session(),
        "Sends a test message. While one waits to be sent there is no other.", takes: .id(.webhook),
        answers: [queued], errors: [.conflict], limit: .runs
    ) { call, db, id in
        let userID = try call.userID()
        try db.transaction(
            opening: .holdingUser(userID), .holdingWebhook(id, of: userID)
        ) { (db: inout Connection, _, isActive) in
            guard let isActive else { throw Thing.webhook.missing(id) }
            guard isActive else { throw Problem(.conflict, "The webhook is switched off.") }
            let delivery = UUID.random().text
            guard try db.run(.insertingTest(delivery, to: id)) == 1 else { return }
            try db.run(DeliverWebhook.enqueuing(delivery, NoPayload(), userID: userID, requestID: call.requestID))
        }
        return Response(status: 202)
    }

    private static let page = Answer(200, "A page", .page(of: "deliveries", WebhookDelivery.form))

    static let deliveries = Route(
        .get, "/api/webhooks/{id}/deliveries", .session(),
        "What was sent to a webhook in the last \(Webhook.deliveriesKeptDays) days, newest first.",
        takes: .id(.webhook), .window(default: 20), answers: [page]
    ) { call, db, id, window in
        let (webhooks, deliveries) = try db.run(
            .webhooks(of: call.userID()), .deliveries(to: id, of: call.userID(), window))
        guard webhooks.contains(where: { $0.id == id }) else { throw Thing.webhook.missing(id) }
        return page(Page(window, deliveries))
    }
}

extension Form where Content == String {
    /// What may stand for an address at all; where it leads to is looked up when it is added, and at every message.
    fileprivate static let webhookURL = text(
        .text(length: 9...2_000, pattern: "^https?://[!-~]+$"), "an address such as https://example.org/hook",
        write: { $0 },
        parse: { text in
            let isAddress =
                (9...2_000).contains(text.utf8.count) && (text.hasPrefix("https://") || text.hasPrefix("http://"))
                && text.utf8.allSatisfy { $0 > 32 && $0 < 127 }
            return isAddress ? text : nil
        }
    ).example("https://example.org/hook")
}

extension Query {
    fileprivate static func webhooks(of userID: String) -> Query<[Webhook]> {
        .all(
            "SELECT \(Webhook.columns) FROM webhooks w WHERE w.user_id = $1::uuid ORDER BY w.created_at DESC, w.id",
            userID, read: inOrder(Webhook.init))
    }

    fileprivate static func insertingWebhook(_ url: String, of userID: String) -> Query<Webhook> {
        .one(
            "INSERT INTO webhooks AS w (user_id, url) VALUES ($1::uuid, $2) RETURNING \(Webhook.columns)", userID, url,
            read: inOrder(Webhook.init))
    }

    fileprivate static func switching(_ id: String, of userID: String, _ isActive: Bool) -> Query<Webhook?> {
        .first(
            """
            UPDATE webhooks AS w SET is_active = $3, failures = CASE WHEN $3 THEN 0 ELSE failures END,
              rests_until = CASE WHEN $3 THEN NULL ELSE rests_until END
            WHERE w.id = $1::uuid AND w.user_id = $2::uuid RETURNING \(Webhook.columns)
            """, id, userID, isActive, read: inOrder(Webhook.init))
    }

    /// Whether it is switched on; nil where there is none. It stays until the transaction ends.
    fileprivate static func holdingWebhook(_ id: String, of userID: String) -> Query<Bool?> {
        .first(
            "SELECT is_active FROM webhooks WHERE id = $1::uuid AND user_id = $2::uuid FOR NO KEY UPDATE", id, userID
        )
    }

    fileprivate static func deliveries(to id: String, of userID: String, _ window: Window) -> Query<[WebhookDelivery]> {
        .all(
            """
            SELECT \(WebhookDelivery.columns) FROM \(WebhookDelivery.tables) JOIN webhooks w ON w.id = d.webhook_id
            WHERE w.id = $1::uuid AND w.user_id = $2::uuid ORDER BY d.created_at DESC, d.id LIMIT $3 OFFSET $4
            """, id, userID, window.probe, window.offset, read: inOrder(WebhookDelivery.init))
    }

    fileprivate static func removingWebhook(_ id: String, of userID: String) -> Query<Int> {
        .change("DELETE FROM webhooks WHERE id = $1::uuid AND user_id = $2::uuid", id, userID)
    }

    /// Nothing where a test waits already.
    fileprivate static func insertingTest(_ delivery: String, to id: String) -> Query<Int> {
        .change(
            """
            INSERT INTO webhook_deliveries (id, webhook_id) SELECT $1::uuid, $2::uuid
            WHERE NOT EXISTS (
              SELECT FROM webhook_deliveries d
              WHERE d.webhook_id = $2::uuid AND d.notification_id IS NULL AND \(WebhookDelivery.isWaiting("d")))
            """, delivery, id)
    }
}
