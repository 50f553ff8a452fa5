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
        case signOrder = "sign_order"
    }

    /// What was known when a challenge was made.
    struct Question: Sendable, Equatable {
        let purpose: Purpose
        var sessionID: String?
        var userHandle: [UInt8]?
        var email: String?
        var displayName: String?
        var invitationHash: [UInt8]?
        /// Of an order to be signed: with the ticket it makes the challenge.
        var nonce: [UInt8]?
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
    /// - Returns: the challenge, 32 random bytes.
    /// - Throws: ``Problem`` 401 when the session of the question has just ended.
    mutating func ask(_ question: Challenges.Question, browser token: String) throws -> [UInt8] {
        let challenge = Random.bytes(32)
        try ask(question, challenge: challenge, browser: token)
        return challenge
    }

    /// The same with a challenge of 32 bytes that nobody can foretell.
    mutating func ask(_ question: Challenges.Question, challenge: [UInt8], browser token: String) throws {
        let storing = Query.change(
            """
            WITH expired AS (
              DELETE FROM webauthn_challenges WHERE challenge_hash IN (
                SELECT challenge_hash FROM webauthn_challenges WHERE expires_at <= now()
                ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED))
            INSERT INTO webauthn_challenges (challenge_hash, purpose, browser_hash, session_id, user_handle, email,
              display_name, invitation_hash, nonce, expires_at)
            VALUES ($1, $2, $3, $4::uuid, $5, $6, $7, $8, $9, now() + make_interval(secs => $10::int))
            """, Digest.sha256(challenge), question.purpose, Sessions.hash(token), question.sessionID,
            question.userHandle, question.email, question.displayName, question.invitationHash,
            question.nonce, Challenges.timeoutSeconds)
        // A question that a crash of the server takes away is asked again.
        try Sessions.referring { try run(.withoutWaitingForDisk, storing) }
    }
}

extension Query {
    /// Uses up the question that a browser answers. Of two answers at once one gets it; nobody gets it again. Nil when
    /// there is none, it is too old, or it was asked of another browser, session or purpose.
    static func takingQuestion(
        _ challengeHash: [UInt8], _ purpose: Challenges.Purpose, sessionID: String?, browser token: String
    ) -> Query<Challenges.Question?> {
        .first(
            """
            WITH taken AS (
              DELETE FROM webauthn_challenges
              WHERE challenge_hash = $1 AND purpose = $2 AND browser_hash = $3
                AND session_id IS NOT DISTINCT FROM $4::uuid
              RETURNING expires_at, user_handle, email, display_name, invitation_hash, nonce)
            SELECT user_handle, email, display_name, invitation_hash, nonce FROM taken WHERE expires_at > now()
            """, challengeHash, purpose, Sessions.hash(token), sessionID
        ) { row in
            Challenges.Question(
                purpose: purpose, sessionID: sessionID, userHandle: try row.next(), email: try row.next(),
                displayName: try row.next(), invitationHash: try row.next(), nonce: try row.next())
        }
    }
}
