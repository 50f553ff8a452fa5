import Postgres

/// Somebody who was sent to a provider and is expected back.
struct PendingSignIn: Sendable, Equatable {
    enum Intent: Sendable, Equatable {
        case signIn
        /// The identity will belong to the user of this session.
        case link(sessionID: String)
    }

    static let minutes = 10

    let provider: IdentityProvider
    let intent: Intent
    let nonce: String
    let codeVerifier: String
    let invitationHash: [UInt8]?
    let returnTo: String?
}

extension Connection {
    /// Also takes along a few that nobody came back for.
    mutating func insertPendingSignIn(_ pending: PendingSignIn, state: String, browser: String) throws {
        var sessionID: String?
        if case .link(let id) = pending.intent { sessionID = id }
        try execute(
            """
            WITH expired AS (
              DELETE FROM oauth_states WHERE state_hash IN (
                SELECT state_hash FROM oauth_states WHERE expires_at <= now()
                ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED))
            INSERT INTO oauth_states (state_hash, browser_hash, provider, intent, session_id, nonce, code_verifier,
              invitation_hash, return_to, expires_at)
            VALUES ($1, $2, $3, CASE WHEN $4::uuid IS NULL THEN 'sign_in' ELSE 'link' END, $4::uuid, $5, $6, $7, $8,
              now() + make_interval(mins => $9::int))
            """,
            [
                .bytes(Sessions.hash(state)), .bytes(Sessions.hash(browser)), .text(pending.provider.rawValue),
                Parameter(sessionID), .text(pending.nonce), .text(pending.codeVerifier),
                Parameter(pending.invitationHash), Parameter(pending.returnTo), Parameter(PendingSignIn.minutes),
            ])
    }

    enum Taken {
        case pending(PendingSignIn)
        /// Why not, for the audit trail.
        case nothing(String)
    }

    /// Uses up a state. Of two that bring it at once one gets it; nobody gets it again, and whoever brings it from
    /// another browser ends it.
    mutating func takePendingSignIn(
        state: String, browser: String?, provider: IdentityProvider
    ) throws -> Taken {
        let rows = try query(
            """
            DELETE FROM oauth_states WHERE state_hash = $1
            RETURNING expires_at > now(), browser_hash, provider, session_id, nonce, code_verifier, invitation_hash,
              return_to
            """, [.bytes(Sessions.hash(state))])
        guard rows.count == 1 else { return .nothing("unknown_state") }
        guard try rows.bool(0, 0) else { return .nothing("expired_state") }
        guard let browser, try rows.bytes(0, 1) == Sessions.hash(browser) else { return .nothing("other_browser") }
        guard try rows.string(0, 2) == provider.rawValue else { return .nothing("other_provider") }
        return .pending(
            PendingSignIn(
                provider: provider,
                intent: try rows.optionalString(0, 3).map { .link(sessionID: $0) } ?? .signIn,
                nonce: try rows.string(0, 4), codeVerifier: try rows.string(0, 5),
                invitationHash: try rows.optionalBytes(0, 6), returnTo: try rows.optionalString(0, 7)))
    }

    /// The user of an identity; nil when nobody has it. Closed accounts have theirs, deleted ones none.
    mutating func owner(of identity: Identity) throws -> (userID: String, isDisabled: Bool)? {
        let rows = try query(
            """
            SELECT i.user_id, u.disabled_at IS NOT NULL FROM oauth_identities i JOIN users u ON u.id = i.user_id
            WHERE i.issuer = $1 AND i.subject = $2 AND u.deleted_at IS NULL
            """, [.text(identity.issuer), .text(identity.subject)])
        return rows.count == 1 ? (try rows.string(0, 0), try rows.bool(0, 1)) : nil
    }

    /// The user of a session that still holds and may do everything.
    mutating func owner(ofSession id: String) throws -> String? {
        let rows = try query(
            """
            SELECT s.user_id FROM sessions s JOIN users u ON u.id = s.user_id
            WHERE s.id = $1::uuid AND s.kind = 'full' AND s.expires_at > now()
              AND s.last_seen_at > now() - make_interval(days => $2::int) AND u.deleted_at IS NULL
              AND u.disabled_at IS NULL
            """, [.text(id), Parameter(Sessions.idleDays)])
        return rows.count == 1 ? try rows.string(0, 0) : nil
    }

    mutating func hasIdentity(_ userID: String, at provider: IdentityProvider) throws -> Bool {
        try query(
            "SELECT 1 FROM oauth_identities WHERE user_id = $1::uuid AND provider = $2",
            [.text(userID), .text(provider.rawValue)]
        ).count == 1
    }

    mutating func insertIdentity(_ identity: Identity, of userID: String, at provider: IdentityProvider) throws {
        try execute(
            """
            INSERT INTO oauth_identities (user_id, provider, issuer, subject, email, email_verified, last_used_at)
            VALUES ($1::uuid, $2, $3, $4, $5, $6, now())
            """,
            [
                .text(userID), .text(provider.rawValue), .text(identity.issuer), .text(identity.subject),
                Parameter(identity.usableEmail), Parameter(identity.usableEmail != nil && identity.isEmailVerified),
            ])
    }

    /// Notes that an identity was used, and what its provider says of it today; false when it is gone.
    mutating func recordUse(of identity: Identity, by userID: String) throws -> Bool {
        try execute(
            """
            UPDATE oauth_identities SET email = $4, email_verified = $5, last_used_at = now()
            WHERE issuer = $1 AND subject = $2 AND user_id = $3::uuid
            """,
            [
                .text(identity.issuer), .text(identity.subject), .text(userID), Parameter(identity.usableEmail),
                Parameter(identity.usableEmail != nil && identity.isEmailVerified),
            ]) == 1
    }

    /// False when the user has linked none. For a transaction in which ``lockUser(_:)`` was called before.
    mutating func deleteIdentity(of userID: String, at provider: IdentityProvider) throws -> Bool {
        try execute(
            "DELETE FROM oauth_identities WHERE user_id = $1::uuid AND provider = $2",
            [.text(userID), .text(provider.rawValue)]) == 1
    }

    /// Believes a provider that a user's email is theirs: when it is the one they have, or they have none, and nobody
    /// else has proven it.
    mutating func vouch(for email: String, of userID: String) throws {
        try execute(
            """
            UPDATE users SET email = $2, email_verified_at = now(), updated_at = now()
            WHERE id = $1::uuid AND email_verified_at IS NULL AND (email IS NULL OR lower(email) = lower($2))
              AND NOT EXISTS (SELECT 1 FROM users o WHERE lower(o.email) = lower($2)
                AND o.email_verified_at IS NOT NULL AND o.deleted_at IS NULL)
            """, [.text(userID), .text(email)])
    }
}

extension Identity {
    /// The email, if it is one that may be stored.
    var usableEmail: String? { email.flatMap { Users.isEmail($0) ? $0 : nil } }

    /// The name in one line of at most 100 characters; nil when nothing is left of it.
    var usableName: String? {
        let scalars = (displayName ?? "").unicodeScalars.filter { $0.properties.generalCategory != .control }
        let name = String(String.UnicodeScalarView(scalars.prefix(100))).trimmed
        return name.isEmpty ? nil : String(name)
    }
}
