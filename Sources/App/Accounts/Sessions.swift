import Crypto
import HTTP
import Postgres
import System

/// Signed-in browsers: 256 random bits in a cookie, of which only the SHA-256 is stored.
enum Sessions {
    static let cookieName = "__Host-session"
    /// A session that was not used for so long is over.
    static let idleDays = 14
    /// A session is over after so long, however much it is used.
    static let absoluteDays = 90
    static let recoveryMinutes = 15
    /// How long a sign-in counts as recent.
    static let recentMinutes = 5
    /// The time of the last use is written at most this often.
    static let touchMinutes = 10
    /// A user's oldest sessions end beyond this.
    static let maximumOfUser = 100

    enum Kind: String, Sendable, CaseIterable {
        case full
        /// May add a passkey and nothing else.
        case recovery
    }

    enum Method: String, Sendable, CaseIterable {
        case passkey, google, apple
        case recoveryCode = "recovery_code"
        case recoveryLink = "recovery_link"

        var kind: Kind {
            switch self {
            case .passkey, .google, .apple: .full
            case .recoveryCode, .recoveryLink: .recovery
            }
        }
    }

    /// A valid session, as it was when the request came.
    struct Session: Sendable, Equatable {
        let id: String
        let kind: Kind
        /// Whether its user signed in or confirmed it within the last ``recentMinutes``.
        let isRecent: Bool
    }

    /// A session that has just begun.
    struct Started: Sendable {
        /// For the cookie.
        let token: String
        let session: Session
    }

    /// The token in the request's cookie; nil without one, or when it cannot be one.
    static func token(of request: Request) -> String? {
        guard let token = request.cookie(cookieName), isToken(token) else { return nil }
        return token
    }

    /// Whether a text has the form of our tokens: 43 characters of base64url.
    static func isToken(_ text: String) -> Bool { text.utf8.count == 43 && bytes(base64URL: text)?.count == 32 }

    static func newToken() -> String { base64URL(Random.bytes(32)) }

    /// What is stored of a token.
    static func hash(_ token: String) -> [UInt8] { Digest.sha256(Array(token.utf8)) }

    /// The cookie that carries a token.
    static func cookie(_ token: String, _ kind: Kind = .full) -> Cookie {
        Cookie(
            cookieName, token, maxAgeSeconds: kind == .full ? absoluteDays * 86_400 : recoveryMinutes * 60)
    }
}

extension Sessions {
    /// Stores what hangs on a session.
    ///
    /// - Throws: ``Problem`` 401 when the session has just ended.
    @discardableResult
    static func referring<T>(_ store: () throws -> T) throws -> T {
        do { return try store() } catch let error as PostgresError {
            guard case .foreignKeyViolation(let constraint) = error.code, constraint.hasSuffix("_session_id_fkey")
            else {
                throw error
            }
            throw Access.ended
        }
    }
}

extension Query {
    /// Starts a session. The one that the browser had before ends, and so do the user's expired and oldest ones.
    static func startingSession(
        of userID: String, by method: Sessions.Method, on device: String, replacing old: String?
    ) -> Query<Sessions.Started> {
        let token = Sessions.newToken(), kind = method.kind
        let minutes = kind == .full ? Sessions.absoluteDays * 1_440 : Sessions.recoveryMinutes
        return .one(
            """
            WITH over AS (
              DELETE FROM sessions WHERE token_hash = $7 OR user_id = $2::uuid AND (
                expires_at <= now() OR last_seen_at <= now() - make_interval(days => $8::int)
                OR id IN (SELECT id FROM sessions WHERE user_id = $2::uuid ORDER BY last_seen_at DESC OFFSET $9)))
            INSERT INTO sessions (token_hash, user_id, kind, method, device, expires_at)
            VALUES ($1, $2::uuid, $3, $4, $5, now() + make_interval(mins => $6::int))
            RETURNING id
            """, Sessions.hash(token), userID, kind, method, device, minutes, old.map(Sessions.hash),
            Sessions.idleDays, Sessions.maximumOfUser - 1
        ) { row in
            Sessions.Started(token: token, session: Sessions.Session(id: try row.next(), kind: kind, isRecent: true))
        }
    }

    /// Gives a session a new token, and marks its user as just confirmed. The old token is worth nothing from now on.
    /// Nil when the session has ended.
    static func renewingSession(_ id: String) -> Query<Sessions.Started?> {
        let token = Sessions.newToken()
        return .first(
            """
            UPDATE sessions SET token_hash = $2, authenticated_at = now(), last_seen_at = now() WHERE id = $1::uuid
            RETURNING id
            """, id, Sessions.hash(token)
        ) { row in
            Sessions.Started(token: token, session: Sessions.Session(id: try row.next(), kind: .full, isRecent: true))
        }
    }

    /// Ends one session of a user.
    static func endingSession(_ id: String, of userID: String) -> Query<Int> {
        .change("DELETE FROM sessions WHERE id = $1::uuid AND user_id = $2::uuid", id, userID)
    }

    /// Ends every session of a user apart from one.
    static func endingSessions(of userID: String, except id: String?) -> Query<Int> {
        .change("DELETE FROM sessions WHERE user_id = $1::uuid AND id IS DISTINCT FROM $2::uuid", userID, id)
    }
}
