import JSON
public import Jobs
import Market
public import Postgres
import System

/// The job that posts one message to a webhook (V0431__create_webhooks.sql queues it with what it tells; both have one id).
///
/// A message is tried three times. A webhook that has failed rests, so that a server that hangs costs one attempt and not
/// one for each message; one that fails again and again is switched off, and its user is told.
public struct DeliverWebhook: JobKind {
    public static let name = "deliver_webhook"
    public static let noun = "message"
    public static let retry: Retry? = Retry(firstSeconds: 600, maximumSeconds: 3_600)
    public static let retentionDays = 7
    public static let isRationed = false
    public static let waitsForOthers = true
    public static let isUrgent = true

    static let failed = "WEBHOOK_FAILED"

    public let timeoutMilliseconds = 25_000

    private let secret: ServerSecret
    private let servers: any WebhookServers

    public init(_ secret: ServerSecret, by servers: any WebhookServers) {
        (self.secret, self.servers) = (secret, servers)
    }

    public func run(_ payload: NoPayload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        guard let message = try db.run(.pendingMessage(job.id)) else { return .completed(nil) }
        guard message.isActive else {
            throw JobError(JobEnd(.cancelled, code: nil, "The webhook is switched off."))
        }
        guard message.restSeconds <= 0 else {
            throw JobError(
                JobEnd(.failed, code: Self.failed, "The webhook has failed and is left alone for a while."),
                mayPass: true, notBeforeSeconds: message.restSeconds, isNoAttempt: true)
        }
        let held = job, outcome = Self.post(message, job.id, secret, servers) { (try? held.check()) != nil }
        if case .taken(let status) = outcome {
            let lease = job.lease
            try db.transaction(opening: Queue.finishing(lease)) { (db: inout Connection, _) in
                try db.run(.delivered(lease.id, status), .recovering(message.webhookID))
            }
            return .stored
        }
        // What nobody waited for any more is no fault of the server's.
        try job.check()
        let sentence = outcome.sentence
        try db.transaction { db in
            try db.run(.attempted(held.id, outcome.status, sentence))
            if let user = try db.run(.failing(message.webhookID)) {
                try db.run(.tellingSwitchedOff(message.webhookID, of: user, sentence))
                let payload: Object = [
                    "webhook_id": .string(message.webhookID), "failures": .number(Number(Webhook.maximumFailures)),
                ]
                try AuditLog(secret.auditKey).tell([(.webhookDisabled, payload)], of: user, in: &db)
            }
        }
        throw JobError(JobEnd(.failed, code: Self.failed, sentence), mayPass: true)
    }

    public func ended(_ job: String, _ end: JobEnd, in db: inout Connection) throws {
        try db.run(.givingUpDelivery(job, end.message))
    }

    public static func cancelled(_ job: String, in db: inout Connection) throws {
        try db.run(.givingUpDelivery(job, Queue.cancelledOnRequest))
    }

    private enum Outcome {
        case taken(Int)
        case refused(Int)
        case failed(WebhookError)

        var status: Int? {
            switch self {
            case .taken(let status), .refused(let status): status
            case .failed: nil
            }
        }

        var sentence: String {
            switch self {
            case .taken(let status): "The server answered \(status)."
            case .refused(let status) where (300..<400).contains(status):
                "The server answered \(status): redirects are not followed."
            case .refused(let status): "The server answered \(status), and not 2xx."
            case .failed(let failure): failure.sentence
            }
        }
    }

    private static func post(
        _ message: PendingMessage, _ id: String, _ secret: ServerSecret, _ servers: any WebhookServers,
        isWanted: () -> Bool
    ) -> Outcome {
        let body = message.body(id), seconds = SystemClock.unixMicroseconds() / 1_000_000
        let fields = [
            (name: "Content-Type", value: "application/json"), (name: "X-BitStockerz-Delivery", value: id),
            (
                name: "X-BitStockerz-Signature",
                value: WebhookSecret(of: message.webhookID, secret).signature(of: body, at: seconds)
            ),
        ]
        do throws(WebhookError) {
            let status = try servers.post(
                WebhookMessage(url: message.url, fields: fields, body: body), isWanted: isWanted)
            return (200..<300).contains(status) ? .taken(status) : .refused(status)
        } catch { return .failed(error) }
    }
}

/// What is to be posted, and where.
private struct PendingMessage: Sendable {
    let webhookID: String
    let url: String
    let isActive: Bool
    let restSeconds: Double
    fileprivate let kind: String
    fileprivate let symbol: String?
    fileprivate let subjectID: String?
    fileprivate let detail: String
    fileprivate let createdAt: Instant

    static let columns = """
        w.id, w.url, w.is_active, coalesce(extract(epoch FROM w.rests_until - clock_timestamp()), 0)::float8,
        coalesce(n.kind, '\(WebhookDelivery.testKind)'), s.symbol, n.subject_id, coalesce(n.detail, 'This is a test.'),
        coalesce(n.created_at, d.created_at)
        """

    /// The same at every attempt.
    func body(_ id: String) -> [UInt8] {
        Value.object([
            "id": .string(id), "kind": .string(kind), "detail": .string(detail),
            "symbol": symbol.map { .string($0) } ?? .null, "subject_id": subjectID.map { .string($0) } ?? .null,
            "created_at": .string(createdAt.description),
        ]).bytes
    }
}

extension Query {
    /// Nil where it was sent, or its webhook is gone.
    fileprivate static func pendingMessage(_ id: String) -> Query<PendingMessage?> {
        .first(
            """
            SELECT \(PendingMessage.columns) FROM \(WebhookDelivery.tables)
              JOIN webhooks w ON w.id = d.webhook_id LEFT JOIN symbols s ON s.id = n.symbol_id
            WHERE d.id = $1::uuid AND d.status = 'pending'
            """, id, read: inOrder(PendingMessage.init))
    }

    /// Lets a webhook rest after a failed attempt: a minute, and twice as long each time, up to an hour.
    ///
    /// - Returns: whose it is, if it was switched off by that.
    fileprivate static func failing(_ webhookID: String) -> Query<String?> {
        .first(
            """
            WITH failed AS (
              UPDATE webhooks SET failures = least(failures + 1, 30000),
                rests_until = clock_timestamp() + make_interval(secs => least(3600, 60 * 2 ^ least(failures, 10))),
                is_active = is_active AND failures + 1 < \(Webhook.maximumFailures)
              WHERE id = $1::uuid RETURNING user_id, is_active, failures)
            SELECT user_id FROM failed WHERE NOT is_active AND failures = \(Webhook.maximumFailures)
            """, webhookID)
    }

    fileprivate static func delivered(_ id: String, _ status: Int) -> Query<Int> {
        .change(
            """
            UPDATE webhook_deliveries SET status = 'delivered', attempts = attempts + 1, response_status = $2, error = NULL,
              finished_at = clock_timestamp()
            WHERE id = $1::uuid AND status = 'pending'
            """, id, status)
    }

    fileprivate static func recovering(_ webhookID: String) -> Query<Int> {
        .change(
            """
            UPDATE webhooks SET failures = 0, rests_until = NULL, delivered_at = clock_timestamp() WHERE id = $1::uuid
            """, webhookID)
    }

    fileprivate static func attempted(_ id: String, _ status: Int?, _ sentence: String) -> Query<Int> {
        .change(
            """
            UPDATE webhook_deliveries SET attempts = attempts + 1, response_status = $2, error = left($3, 500)
            WHERE id = $1::uuid AND status = 'pending'
            """, id, status, sentence)
    }

    fileprivate static func tellingSwitchedOff(_ webhookID: String, of userID: String, _ sentence: String) -> Query<Int>
    {
        .change(
            """
            INSERT INTO notifications (user_id, kind, subject_id, detail)
            SELECT $2::uuid, 'webhook_disabled', w.id,
              left('The webhook to ' || split_part(w.url, '/', 3) || ' was switched off after \(Webhook.maximumFailures) failed attempts. ' || $3, 1000)
            FROM webhooks w WHERE w.id = $1::uuid
            """, webhookID, userID, sentence)
    }

    fileprivate static func givingUpDelivery(_ id: String, _ words: String) -> Query<Int> {
        .change(
            """
            UPDATE webhook_deliveries SET status = 'failed', error = left(coalesce(error, $2), 500),
              finished_at = clock_timestamp()
            WHERE id = $1::uuid AND status = 'pending'
            """, id, words)
    }
}
