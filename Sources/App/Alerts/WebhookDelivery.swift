import Market
import Postgres

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
    /// SQL: somebody may yet send it. Releases before told nothing of a job that was cancelled while it waited.
    static func isWaiting(_ delivery: String) -> String {
        """
        (\(delivery).status = 'pending' AND EXISTS (
          SELECT FROM jobs j WHERE j.id = \(delivery).id AND j.status IN ('pending', 'running')))
        """
    }
    static let columns = """
        d.id, coalesce(n.kind, '\(testKind)'),
        CASE WHEN d.status = 'pending' AND NOT \(isWaiting("d")) THEN 'failed' ELSE d.status END, d.attempts,
        d.response_status, d.error, d.created_at, d.finished_at
        """
    static let tables = "webhook_deliveries d LEFT JOIN notifications n ON n.id = d.notification_id"
}
