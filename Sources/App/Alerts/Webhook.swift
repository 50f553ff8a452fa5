import Crypto
import JSON
import Market
import Postgres

/// A server of a user's that is told what the user is told.
struct Webhook: Sendable {
    static let maximumOfUser = 5
    /// After so many failed attempts in a row it is switched off.
    static let maximumFailures = 10
    static let deliveriesKeptDays = 30

    let id: String
    let url: String
    let isActive: Bool
    let failures: Int
    let deliveredAt: Instant?
    let createdAt: Instant

    static let form = Form<Webhook>.object("Webhook", members)

    static let members: [Member<Webhook>] = [
        .member("id", .uuid, \.id), .member("url", .text, \.url),
        .member(
            "is_active",
            Form<Bool>.flag.described("False where it was switched off, by its user or after too many failures"),
            \.isActive),
        .member("failures", Form<Int>.integer.described("Attempts in a row that have failed"), \.failures),
        .nullable("delivered_at", Form<Instant>.time.described("When it last took something"), \.deliveredAt),
        .member("created_at", .time, \.createdAt),
    ]

    static let columns = "w.id, w.url, w.is_active, w.failures, w.delivered_at, w.created_at"
}

/// What a webhook's messages are signed with. It is nowhere stored: it is derived from the installation's own secret and
/// the webhook's id, so that a copy of the database signs nothing.
struct WebhookSecret: Sendable {
    /// As its user was shown it.
    let text: String

    init(of webhookID: String, _ secret: ServerSecret) {
        text = "whsec_" + base64URL(hmacSHA256(key: secret.key(for: "webhook signatures"), Array(webhookID.utf8)))
    }

    init(text: String) { self.text = text }

    /// The header field `X-BitStockerz-Signature`: `t=1700000000,v1=…`, HMAC-SHA-256 in hex over the time, a point and the
    /// body. The time is signed too, so that a message that somebody has kept can be told by its age.
    func signature(of body: [UInt8], at seconds: Int64) -> String {
        "t=\(seconds),v1=\(hex(hmacSHA256(key: Array(text.utf8), Array("\(seconds).".utf8) + body)))"
    }
}

/// How one message to a webhook stands.
struct WebhookDelivery: Sendable {
    enum DeliveryStatus: String, Sendable, CaseIterable, ColumnValue { case pending, delivered, failed }

    let id: String
    let kind: String
    let status: DeliveryStatus
    let attempts: Int
    let responseStatus: Int?
    let error: String?
    let createdAt: Instant
    let finishedAt: Instant?

    static let form = Form<WebhookDelivery>.object(
        "WebhookDelivery",
        [
            .member("id", .uuid, \.id), .member("kind", .text, \.kind), .member("status", .choice(), \.status),
            .member("attempts", .integer, \.attempts),
            .nullable(
                "response_status", Form<Int>.integer.described("What the server last answered"), \.responseStatus),
            .nullable("error", Form<String>.text.described("What went wrong last"), \.error),
            .member("created_at", .time, \.createdAt), .nullable("finished_at", .time, \.finishedAt),
        ])

    /// Of a test there is no notification.
    static let testKind = "webhook_test"
    /// SQL: somebody may yet send it. A job that was cancelled while it waited has told nobody.
    static let isWaiting = """
        (d.status = 'pending' AND EXISTS (SELECT FROM jobs j WHERE j.id = d.id AND j.status IN ('pending', 'running')))
        """
    static let columns = """
        d.id, coalesce(n.kind, '\(testKind)'),
        CASE WHEN d.status = 'pending' AND NOT \(isWaiting) THEN 'failed' ELSE d.status END, d.attempts,
        d.response_status, d.error, d.created_at, d.finished_at
        """
    static let tables = "webhook_deliveries d LEFT JOIN notifications n ON n.id = d.notification_id"
}
