import HTTP
import JSON
import Postgres
import System

/// `/api/auth/logout`, `/api/auth/providers` and `/api/me/sessions`.
enum SessionRoutes {
    static let providers = Route(
        method: .get, path: "/api/auth/providers", access: .open, about: "In which ways one can sign in and up here.",
        answers: [
            .init(
                status: 200, about: "The ways",
                schema: .object([
                    ("passkeys", .flag), ("google", .flag), ("apple", .flag),
                    ("registration", .oneOf(SignUpPolicy.allCases.map(\.rawValue))),
                ]))
        ],
        handler: .direct { call in
            .json { json in
                json.object { json in
                    json.member("passkeys", call.configuration.relyingParty != nil)
                    json.member("google", call.configuration.provider(.google) != nil)
                    json.member("apple", call.configuration.provider(.apple) != nil)
                    json.member("registration", call.configuration.registration.rawValue)
                }
            }
        })

    static let logout = Route(
        method: .post, path: "/api/auth/logout", access: .visitor,
        about: "Ends this browser's session; without one there is nothing to do.",
        answers: [.init(status: 204, about: "Signed out", schema: .anything)],
        handler: .database { call, db in
            if let caller = call.caller, let session = caller.session {
                try db.transaction { db in
                    if try db.endSession(session.id, of: caller.userID) {
                        try call.audit(.sessionEnded, ["by": "sign_out"], in: &db)
                    }
                }
            }
            return Response.noContent.signedOut()
        })

    static let list = Route(
        method: .get, path: "/api/me/sessions", access: .session(), about: "The browsers that are signed in.",
        answers: [.init(status: 200, about: "The last used first", schema: .object([("sessions", .list(schema))]))],
        handler: .database { call, db in
            let current = try call.session().id
            let rows = try db.query(
                """
                SELECT id, kind, method, device, created_at, last_seen_at, expires_at FROM sessions
                WHERE user_id = $1::uuid AND expires_at > now() AND last_seen_at > now() - make_interval(days => $2::int)
                ORDER BY id = $3::uuid DESC, last_seen_at DESC, id
                """, [.text(try call.userID()), Parameter(Sessions.idleDays), .text(current)])
            return try .json(200, capacity: 1_024) { json in
                json.beginObject()
                json.key("sessions")
                json.beginArray()
                for row in 0..<rows.count {
                    let id = try rows.string(row, 0)
                    json.beginObject()
                    json.member("id", id)
                    json.member("is_current", id == current)
                    json.member("kind", try rows.string(row, 1))
                    json.member("method", try rows.string(row, 2))
                    json.member("device", try rows.string(row, 3))
                    json.member("created_at", SystemClock.timestamp(try rows.microseconds(row, 4)))
                    json.member("last_seen_at", SystemClock.timestamp(try rows.microseconds(row, 5)))
                    json.member("expires_at", SystemClock.timestamp(try rows.microseconds(row, 6)))
                    json.endObject()
                }
                json.endArray()
                json.endObject()
            }
        })

    static let end = Route(
        method: .delete, path: "/api/me/sessions/{id}", access: .session(), about: "Ends one session.",
        parameters: [.path("id", .uuid, "The session")],
        answers: [.init(status: 204, about: "Ended", schema: .anything)], errors: [.notFound],
        handler: .database { call, db in
            let userID = try call.userID()
            guard let id = UUIDText(call.parameter("id"))?.text else { throw notFound }
            try db.transaction { db in
                guard try db.endSession(id, of: userID) else { throw notFound }
                try call.audit(.sessionEnded, ["by": "list"], in: &db)
            }
            let isCurrent = try call.session().id == id
            return isCurrent ? Response.noContent.signedOut() : .noContent
        })

    static let endOthers = Route(
        method: .delete, path: "/api/me/sessions", access: .session(), about: "Ends every session but this one.",
        answers: [.init(status: 200, about: "How many ended", schema: .object([("ended", .integer())]))],
        handler: .database { call, db in
            let userID = try call.userID(), current = try call.session().id
            let ended = try db.transaction { db in
                let ended = try db.endSessions(of: userID, except: current)
                if ended > 0 { try call.audit(.othersEnded, ["count": .number(Number(ended))], in: &db) }
                return ended
            }
            return .json { json in json.object { $0.member("ended", ended) } }
        })

    private static let notFound = Problem(.notFound, "You have no such session.")

    private static let schema = Schema.object([
        ("id", .uuid), ("is_current", .flag), ("kind", .oneOf(["full", "recovery"])), ("method", .text),
        ("device", .text), ("created_at", .time), ("last_seen_at", .time), ("expires_at", .time),
    ])
}
