import Crypto
import HTTP
import Postgres
import System

/// Challenges of passkey ceremonies: 32 random bytes, stored as a hash, good for one answer of one browser to one
/// question within five minutes (signin.md, duties 3 to 5).
enum Challenges {
    static let timeoutSeconds = 300
    /// Binds a challenge to the browser that asked, before anybody is signed in.
    static let cookieName = "__Host-ceremony"

    enum Purpose: String, Sendable {
        case register
        case addPasskey = "add_passkey"
        case login
        case reauthenticate
    }

    /// What was known when a challenge was made.
    struct Question: Sendable, Equatable {
        let purpose: Purpose
        var sessionID: String?
        var userHandle: [UInt8]?
        var email: String?
        var displayName: String?
        var invitationHash: [UInt8]?
    }

    /// The use of a question by its answer.
    struct Taking {
        let statement: Statement
        private let purpose: Purpose
        private let sessionID: String?

        init(_ challengeHash: [UInt8], _ purpose: Purpose, sessionID: String?, browser token: String) {
            self.purpose = purpose
            self.sessionID = sessionID
            statement = Statement(
                """
                DELETE FROM webauthn_challenges
                WHERE challenge_hash = $1 AND purpose = $2 AND browser_hash = $3
                  AND session_id IS NOT DISTINCT FROM $4::uuid
                RETURNING expires_at > now(), user_handle, email, display_name, invitation_hash
                """,
                [.bytes(challengeHash), .text(purpose.rawValue), .bytes(Sessions.hash(token)), Parameter(sessionID)])
        }

        func read(_ rows: borrowing Rows) throws -> Question? {
            guard rows.count == 1, try rows.bool(0, 0) else { return nil }
            return Question(
                purpose: purpose, sessionID: sessionID, userHandle: try rows.optionalBytes(0, 1),
                email: try rows.optionalString(0, 2), displayName: try rows.optionalString(0, 3),
                invitationHash: try rows.optionalBytes(0, 4))
        }
    }

    /// The browser's token, or a new one.
    static func browserToken(of request: Request) -> String {
        existingBrowserToken(of: request) ?? Sessions.newToken()
    }

    static func existingBrowserToken(of request: Request) -> String? {
        guard let token = request.cookie(cookieName), Sessions.isToken(token) else { return nil }
        return token
    }

    static func cookie(_ token: String) -> Cookie { Cookie(cookieName, token, maxAgeSeconds: 2 * timeoutSeconds) }
}

extension Connection {
    /// Stores a question, and takes along a few that nobody answered.
    ///
    /// - Returns: the challenge, 32 bytes.
    mutating func ask(_ question: Challenges.Question, browser token: String) throws -> [UInt8] {
        let challenge = Random.bytes(32)
        try execute(
            """
            WITH expired AS (
              DELETE FROM webauthn_challenges WHERE challenge_hash IN (
                SELECT challenge_hash FROM webauthn_challenges WHERE expires_at <= now()
                ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED))
            INSERT INTO webauthn_challenges (challenge_hash, purpose, browser_hash, session_id, user_handle, email,
              display_name, invitation_hash, expires_at)
            VALUES ($1, $2, $3, $4::uuid, $5, $6, $7, $8, now() + make_interval(secs => $9::int))
            """,
            [
                .bytes(Digest.sha256(challenge)), .text(question.purpose.rawValue), .bytes(Sessions.hash(token)),
                Parameter(question.sessionID), Parameter(question.userHandle), Parameter(question.email),
                Parameter(question.displayName), Parameter(question.invitationHash),
                Parameter(Challenges.timeoutSeconds),
            ])
        return challenge
    }

    /// Uses up the question that a browser answers. Of two answers at once one gets it; nobody gets it again.
    ///
    /// - Returns: nil when there is none, it is too old, or it was asked of another browser, session or purpose.
    mutating func takeQuestion(
        challengeHash: [UInt8], _ purpose: Challenges.Purpose, sessionID: String?, browser token: String?
    ) throws -> Challenges.Question? {
        guard let token else { return nil }
        let taking = Challenges.Taking(challengeHash, purpose, sessionID: sessionID, browser: token)
        let rows = try query(taking.statement.sql, taking.statement.parameters)
        return try taking.read(rows)
    }
}
