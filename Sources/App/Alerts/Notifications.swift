import HTTP
import JSON
import Market
import Postgres

/// `/api/notifications`: what a user was told, by an alert or because they have to know.
enum Notifications {
    static let keptDays = 90
    /// Told to everybody whom it concerns, as webhook_disabled is.
    static let rescaled = "position_rescaled"

    private static let page = Answer(200, "A page", .page(of: "notifications", NotificationRow.form))

    static let list = Route(
        .get, "/api/notifications", .signedIn(.read),
        "What the user was told in the last \(keptDays) days, newest first.",
        takes: .query("unread", Form<Bool>.flag, default: false, "Only what is not read yet"), .window(),
        answers: [page]
    ) { call, db, onlyUnread, window in
        try page(Page(window, db.run(.notifications(of: call.userID(), onlyUnread: onlyUnread, window))))
    }

    private static let counted = Answer(
        200, "How many", Form<Int>.object("unread", Form<Int>.integer.described("Not read yet")).named("UnreadCount"))

    static let unread = Route(
        .get, "/api/notifications/unread", .signedIn(.read), "How much the user was told and has not read.",
        answers: [counted]
    ) { call, db in try counted(db.run(.unreadCount(of: call.userID()))) }

    static let readOne = Route(
        .post, "/api/notifications/{id}/read", .signedIn(.research), "Marks one as read.", takes: .id(.notification),
        answers: [counted]
    ) { call, db, id in
        let userID = try call.userID()
        let (found, count) = try db.run(.reading(id, of: userID), .unreadCount(of: userID))
        guard found == 1 else { throw Thing.notification.missing(id) }
        return counted(count)
    }

    static let readAll = Route(
        .post, "/api/notifications/read", .signedIn(.research), "Marks all as read.", answers: [counted]
    ) { call, db in
        let userID = try call.userID()
        let (_, _, count) = try db.run(.holdingUser(userID), .readingAll(of: userID), .unreadCount(of: userID))
        return counted(count)
    }
}

private struct NotificationRow: Sendable {
    let id: String
    /// Others tell things, too.
    let kind: String
    let symbol: String?
    let subjectID: String?
    let detail: String
    let createdAt: Instant
    let isRead: Bool

    static let form = Form<NotificationRow>.object(
        "Notification",
        [
            .member("id", .uuid, \.id),
            .member(
                "kind", Form<String>.text.described("That of the alert, \(Notifications.rescaled) or webhook_disabled"),
                \.kind),
            .nullable("symbol", .text, \.symbol),
            .nullable(
                "subject_id", Form<String>.uuid.described("The order, backtest, alert or webhook that it is about"),
                \.subjectID),
            .member("detail", Form<String>.text.described("What happened, in a sentence"), \.detail),
            .member("created_at", .time, \.createdAt), .member("is_read", .flag, \.isRead),
        ])

    static let columns = "n.id, n.kind, s.symbol, n.subject_id, n.detail, n.created_at, n.read_at IS NOT NULL"
}

extension Query {
    fileprivate static func notifications(
        of userID: String, onlyUnread: Bool, _ window: Window
    ) -> Query<[NotificationRow]> {
        .all(
            """
            SELECT \(NotificationRow.columns) FROM notifications n LEFT JOIN symbols s ON s.id = n.symbol_id
            WHERE n.user_id = $1::uuid AND (NOT $2::boolean OR n.read_at IS NULL)
            ORDER BY n.created_at DESC, n.id LIMIT $3 OFFSET $4
            """, userID, onlyUnread, window.probe, window.offset, read: inOrder(NotificationRow.init))
    }

    fileprivate static func unreadCount(of userID: String) -> Query<Int> {
        .value("SELECT count(*) FROM notifications WHERE user_id = $1::uuid AND read_at IS NULL", userID)
    }

    fileprivate static func reading(_ id: String, of userID: String) -> Query<Int> {
        .change(
            """
            UPDATE notifications SET read_at = coalesce(read_at, clock_timestamp())
            WHERE id = $1::uuid AND user_id = $2::uuid
            """, id, userID)
    }

    fileprivate static func readingAll(of userID: String) -> Query<Int> {
        .change(
            "UPDATE notifications SET read_at = clock_timestamp() WHERE user_id = $1::uuid AND read_at IS NULL", userID)
    }
}
