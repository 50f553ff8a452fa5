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
