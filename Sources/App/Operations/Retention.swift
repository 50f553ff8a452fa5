import Jobs
import Postgres

/// What is deleted when its time is over (schema.md, "Life cycle").
public enum Retention {
    /// Days that audit events are kept.
    public static let auditDays = 365
    private static let usageDays = 180, replacedBarsDays = 90
    /// Days that a key which was ended is kept.
    static let endedKeysDays = 90
    /// Rows a statement: nobody waits long for a lock.
    private static let batch = 5_000

    private struct Rule {
        let what: String
        /// What one of them is; nil: without the last letter.
        var one: String?
        let table: String
        let condition: String
        /// What becomes of such rows; nil: they are deleted.
        var change: String?
    }

    private static let rules = [
        Rule(what: "finished jobs", table: "jobs", condition: finishedJobs),
        Rule(
            what: "sessions", table: "sessions",
            condition: "expires_at < now() OR last_seen_at < now() - interval '\(Sessions.idleDays) days'"),
        Rule(what: "challenges", table: "webauthn_challenges", condition: "expires_at < now()"),
        Rule(what: "provider sign-ins", table: "oauth_states", condition: "expires_at < now()"),
        Rule(
            what: "API keys that were ended", one: "API key that was ended", table: "api_keys",
            condition: "revoked_at < now() - interval '\(endedKeysDays) days'"),
        Rule(what: "uploads", table: "uploads", condition: UploadRow.isOver),
        Rule(what: "unused invitations", table: "invitations", condition: "used_at IS NULL AND expires_at < now()"),
        Rule(
            what: "notifications", table: "notifications",
            condition: "created_at < now() - interval '\(Notifications.keptDays) days'"),
        Rule(
            what: "webhook deliveries", one: "webhook delivery", table: "webhook_deliveries",
            condition:
                "created_at < now() - interval '\(Webhook.deliveriesKeptDays) days' AND NOT \(WebhookDelivery.isWaiting("webhook_deliveries"))"
        ),
        Rule(
            what: "bars before their correction", one: "bar before its correction", table: "replaced_bars",
            condition: "replaced_at < now() - interval '\(replacedBarsDays) days'"),
        // Releases before this one left them with the account.
        Rule(
            what: "owners of trials", one: "owner of trials", table: "trials",
            condition: "owner_id IN (SELECT id FROM users WHERE deleted_at IS NOT NULL)",
            change: "UPDATE trials SET owner_id = NULL, lineage_id = NULL"),
        Rule(
            what: "days of advisor usage", one: "day of advisor usage", table: "ai_usage",
            condition: "date < current_date - \(usageDays)"),
    ]

    /// `1 finished job`, `2 finished jobs`.
    ///
    /// - Parameter what: as ``apply(in:pause:)`` says it, or more of the kind.
    public static func told(_ count: Int, _ what: String) -> String {
        guard count == 1 else { return "\(count) \(what)" }
        return "1 " + (rules.first { $0.what == what }?.one ?? String(what.dropLast()))
    }

    /// Never an unfinished one, however old. Each kind keeps its own as long as it says.
    static var finishedJobs: String {
        let kinds = JobKinds.all.map { (name: $0.name, days: $0.retentionDays) }, others = Queue.standardRetentionDays
        let days = kinds.map { "WHEN '\($0.name)' THEN \($0.days)" }.joined(separator: " ")
        let fewest = kinds.reduce(others) { min($0, $1.days) }
        // The first bound is one that an index knows, the second of each row its own.
        return """
            finished_at < now() - interval '\(fewest) days'
            AND finished_at < now() - make_interval(days => CASE job_type \(days) ELSE \(others) END)
            AND status NOT IN ('pending', 'running')
            """
    }

    /// Deletes what has expired, in short transactions; whatever was deleted stays so when a later one fails.
    ///
    /// - Parameter pause: called between two of them; what it throws ends the work.
    /// - Returns: what, and how many.
    public static func apply(
        in db: inout Connection, pause: (inout Connection) throws -> Void = { _ in }
    ) throws -> [(what: String, count: Int)] {
        var deleted: [(what: String, count: Int)] = []
        for rule in rules {
            var count = 0
            while true {
                let round = try db.run(
                    .change(
                        """
                        \(rule.change ?? "DELETE FROM \(rule.table)") WHERE ctid IN (
                          SELECT ctid FROM \(rule.table) WHERE \(rule.condition) LIMIT \(batch))
                        """))
                count += round
                try pause(&db)
                if round < batch { break }
            }
            deleted.append((rule.what, count))
        }
        return deleted
    }
}
