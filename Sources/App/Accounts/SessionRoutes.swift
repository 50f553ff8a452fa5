import HTTP
import JSON
import Market
import Postgres

/// `/api/auth/logout`, `/api/auth/providers` and `/api/me/sessions`.
enum SessionRoutes {
    private static let ways = Answer(
        200, "The ways",
        Form<Configuration>.object([
            .member("passkeys", .flag) { $0.relyingParty != nil },
            .member("google", .flag) { $0.provider(.google) != nil },
            .member("apple", .flag) { $0.provider(.apple) != nil },
            .member("registration", .choice(), \.registration),
        ]))

    static let providers = Route.direct(
        .get, "/api/auth/providers", .open, "In which ways one can sign in and up here.", answers: [ways]
    ) { call in ways(call.configuration) }

    private static let signedOut = PlainAnswer.nothing("Signed out")

    static let logout = Route(
        .post, "/api/auth/logout", .visitor, "Ends this browser's session; without one there is nothing to do.",
        answers: [signedOut], limit: .calls
    ) { call, db in
        if let caller = call.caller, let session = caller.session {
            try db.transaction(opening: .endingSession(session.id, of: caller.userID)) { db, ended in
                if ended == 1 { try call.audit(.sessionEnded, ["by": "sign_out"], in: &db) }
            }
        }
        return Response.noContent.signedOut()
    }

    private static let sessions = Answer(
        200, "The last used first", .object("sessions", .list(of: SessionRow.form)))

    static let list = Route(
        .get, "/api/me/sessions", .session(), "The browsers that are signed in.", answers: [sessions]
    ) { call, db in
        try sessions(db.run(.sessions(of: call.userID(), current: call.session().id)), capacity: 1_024)
    }

    private static let ended = PlainAnswer.nothing("Ended")

    static let end = Route(
        .delete, "/api/me/sessions/{id}", .session(), "Ends one session.", takes: .id(.session), answers: [ended]
    ) { call, db, id in
        try db.transaction(opening: .endingSession(id, of: call.userID())) { db, ended in
            guard ended == 1 else { throw Thing.session.missing(id) }
            try call.audit(.sessionEnded, ["by": "list"], in: &db)
        }
        let isCurrent = try call.session().id == id
        return isCurrent ? Response.noContent.signedOut() : .noContent
    }

    private static let count = Answer(200, "How many ended", .object("ended", Form<Int>.integer))

    static let endOthers = Route(
        .delete, "/api/me/sessions", .session(), "Ends every session but this one.", answers: [count]
    ) { call, db in
        let ended = try db.transaction(
            opening: .endingSessions(of: call.userID(), except: call.session().id)
        ) { db, ended in
            if ended > 0 { try call.audit(.othersEnded, ["count": .number(Number(ended))], in: &db) }
            return ended
        }
        return count(ended)
    }
}

/// A session as its user sees it.
private struct SessionRow: Sendable {
    let id: String
    let isCurrent: Bool
    let kind: ToldWord<Sessions.Kind>
    let method: ToldWord<Sessions.Method>
    let device: String
    let createdAt: Instant
    let lastSeenAt: Instant
    let expiresAt: Instant

    static let form = Form<SessionRow>.object([
        .member("id", .uuid, \.id), .member("is_current", .flag, \.isCurrent), .member("kind", .told(), \.kind),
        .member("method", .told(), \.method), .member("device", .text, \.device),
        .member("created_at", .time, \.createdAt), .member("last_seen_at", .time, \.lastSeenAt),
        .member("expires_at", .time, \.expiresAt),
    ])
}

extension Query {
    fileprivate static func sessions(of userID: String, current: String) -> Query<[SessionRow]> {
        .all(
            """
            SELECT id, id = $3::uuid AS is_current, kind, method, device, created_at, last_seen_at, expires_at FROM sessions
            WHERE user_id = $1::uuid AND expires_at > now() AND last_seen_at > now() - make_interval(days => $2::int)
            ORDER BY is_current DESC, last_seen_at DESC, id
            """, userID, Sessions.idleDays, current, read: inOrder(SessionRow.init))
    }
}
