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
    static let mostOfUser = 100

    enum Kind: String, Sendable {
        case full
        /// May add a passkey and nothing else.
        case recovery
    }

    enum Method: String, Sendable {
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

    /// The start of a session, which also ends the one that the browser had before and the user's expired and oldest ones.
    struct Starting {
        let statement: Statement
        private let token = Sessions.newToken()
        private let kind: Kind

        init(of userID: String, by method: Method, on device: String, replacing old: String?) {
            kind = method.kind
            statement = Statement(
                """
                WITH over AS (
                  DELETE FROM sessions WHERE token_hash = $7 OR user_id = $2::uuid AND (
                    expires_at <= now() OR last_seen_at <= now() - make_interval(days => $8::int)
                    OR id IN (SELECT id FROM sessions WHERE user_id = $2::uuid ORDER BY last_seen_at DESC OFFSET $9)))
                INSERT INTO sessions (token_hash, user_id, kind, method, device, expires_at)
                VALUES ($1, $2::uuid, $3, $4, $5, now() + make_interval(mins => $6::int))
                RETURNING id
                """,
                [
                    .bytes(Sessions.hash(token)), .text(userID), .text(method.kind.rawValue), .text(method.rawValue),
                    .text(device), Parameter(kind == .full ? absoluteDays * 1_440 : recoveryMinutes),
                    Parameter(old.map(Sessions.hash)), Parameter(idleDays), Parameter(mostOfUser - 1),
                ])
        }

        func read(_ rows: borrowing Rows) throws -> Started {
            Started(token: token, session: Session(id: try rows.string(0, 0), kind: kind, isRecent: true))
        }
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

extension Connection {
    /// Starts a session; see ``Sessions/Starting``.
    mutating func startSession(
        of userID: String, by method: Sessions.Method, on device: String, replacing old: String?
    ) throws -> Sessions.Started {
        let starting = Sessions.Starting(of: userID, by: method, on: device, replacing: old)
        let rows = try query(starting.statement.sql, starting.statement.parameters)
        return try starting.read(rows)
    }

    /// Gives a session a new token, and marks its user as just confirmed. The old token is worth nothing from now on.
    mutating func renewSession(_ id: String) throws -> Sessions.Started? {
        let token = Sessions.newToken()
        let renewed = try execute(
            "UPDATE sessions SET token_hash = $2, authenticated_at = now(), last_seen_at = now() WHERE id = $1::uuid",
            [.text(id), .bytes(Sessions.hash(token))])
        let session = Sessions.Session(id: id, kind: .full, isRecent: true)
        return renewed == 1 ? Sessions.Started(token: token, session: session) : nil
    }

    /// Ends one session of a user; false when there is none with this id.
    mutating func endSession(_ id: String, of userID: String) throws -> Bool {
        try execute("DELETE FROM sessions WHERE id = $1::uuid AND user_id = $2::uuid", [.text(id), .text(userID)]) == 1
    }

    /// Ends every session of a user apart from one, and says how many those were.
    mutating func endSessions(of userID: String, except id: String?) throws -> Int {
        try execute(
            "DELETE FROM sessions WHERE user_id = $1::uuid AND id IS DISTINCT FROM $2::uuid",
            [.text(userID), Parameter(id)])
    }
}
