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

    fileprivate static let columns = "provider, session_id, nonce, code_verifier, invitation_hash, return_to"
}

extension PendingSignIn {
    enum Taken: Sendable {
        case pending(PendingSignIn)
        /// Why not, for the audit trail.
        case nothing(String)
    }

    /// What is stored, as a browser finds it that comes back.
    fileprivate struct Row {
        let isExpired: Bool
        let browserHash: [UInt8]
        let pending: PendingSignIn

        static let columns = "expires_at <= now(), browser_hash, \(PendingSignIn.columns)"

        init(_ row: inout RowReader) throws {
            (isExpired, browserHash) = (try row.next(), try row.next())
            let provider = try row.next(IdentityProvider.self), sessionID = try row.next(String?.self)
            pending = PendingSignIn(
                provider: provider, intent: sessionID.map { .link(sessionID: $0) } ?? .signIn, nonce: try row.next(),
                codeVerifier: try row.next(), invitationHash: try row.next(), returnTo: try row.next())
        }
    }
}

extension Query {
    /// Also takes along a few that nobody came back for.
    static func inserting(_ pending: PendingSignIn, state: String, browser: String) -> Query<Int> {
        var sessionID: String?
        if case .link(let id) = pending.intent { sessionID = id }
        return .change(
            """
            WITH expired AS (
              DELETE FROM oauth_states WHERE state_hash IN (
                SELECT state_hash FROM oauth_states WHERE expires_at <= now()
                ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED))
            INSERT INTO oauth_states (state_hash, browser_hash, \(PendingSignIn.columns), intent, expires_at)
            VALUES ($1, $2, $3, $4::uuid, $5, $6, $7, $8, CASE WHEN $4::uuid IS NULL THEN 'sign_in' ELSE 'link' END,
              now() + make_interval(mins => $9::int))
            """, Sessions.hash(state), Sessions.hash(browser), pending.provider, sessionID, pending.nonce,
            pending.codeVerifier, pending.invitationHash, pending.returnTo, PendingSignIn.minutes)
    }

    /// Uses up a state. Of two that bring it at once one gets it; nobody gets it again, and whoever brings it from
    /// another browser ends it.
    static func takingPendingSignIn(
        state: String, browser: String?, provider: IdentityProvider
    ) -> Query<PendingSignIn.Taken> {
        Query<PendingSignIn.Row?>.first(
            "DELETE FROM oauth_states WHERE state_hash = $1 RETURNING \(PendingSignIn.Row.columns)",
            Sessions.hash(state), read: PendingSignIn.Row.init
        ).map { row in
            guard let row else { return .nothing("unknown_state") }
            guard !row.isExpired else { return .nothing("expired_state") }
            guard let browser, row.browserHash == Sessions.hash(browser) else { return .nothing("other_browser") }
            guard row.pending.provider == provider else { return .nothing("other_provider") }
            return .pending(row.pending)
        }
    }

    /// The user of an identity; nil when nobody has it. Closed accounts have theirs, deleted ones none.
    static func owner(of identity: Identity) -> Query<(userID: String, isDisabled: Bool)?> {
        .first(
            """
            SELECT i.user_id, u.disabled_at IS NOT NULL FROM oauth_identities i JOIN users u ON u.id = i.user_id
            WHERE i.issuer = $1 AND i.subject = $2 AND u.deleted_at IS NULL
            """, identity.issuer, identity.subject
        ) { row in (userID: try row.next(), isDisabled: try row.next()) }
    }

    /// The user of a session that still holds and may do everything.
    static func owner(ofSession id: String) -> Query<String?> {
        .first(
            """
            SELECT s.user_id FROM sessions s JOIN users u ON u.id = s.user_id
            WHERE s.id = $1::uuid AND s.kind = 'full' AND s.expires_at > now()
              AND s.last_seen_at > now() - make_interval(days => $2::int) AND u.deleted_at IS NULL
              AND u.disabled_at IS NULL
            """, id, Sessions.idleDays)
    }

    static func hasIdentity(_ userID: String, at provider: IdentityProvider) -> Query<Bool> {
        .value(
            "SELECT EXISTS (SELECT 1 FROM oauth_identities WHERE user_id = $1::uuid AND provider = $2)", userID,
            provider)
    }

    static func inserting(_ identity: Identity, of userID: String, at provider: IdentityProvider) -> Query<Int> {
        .change(
            """
            INSERT INTO oauth_identities (user_id, provider, issuer, subject, email, email_verified, last_used_at)
            VALUES ($1::uuid, $2, $3, $4, $5, $6, now())
            """, userID, provider, identity.issuer, identity.subject, identity.usableEmail,
            identity.verifiedEmail != nil)
    }

    /// Notes that an identity was used, and what its provider says of it today; no change when it is gone.
    static func recordingUse(of identity: Identity, by userID: String) -> Query<Int> {
        .change(
            """
            UPDATE oauth_identities SET email = $4, email_verified = $5, last_used_at = now()
            WHERE issuer = $1 AND subject = $2 AND user_id = $3::uuid
            """, identity.issuer, identity.subject, userID, identity.usableEmail, identity.verifiedEmail != nil)
    }

    /// For a transaction that has run ``lockingCaller(_:)`` before.
    static func deletingIdentity(of userID: String, at provider: IdentityProvider) -> Query<Int> {
        .change("DELETE FROM oauth_identities WHERE user_id = $1::uuid AND provider = $2", userID, provider)
    }

    /// Believes a provider that a user's email is theirs: when it is the one they have, or they have none, and nobody
    /// else has proven it.
    static func vouching(for email: String, of userID: String) -> Query<Int> {
        .change(
            """
            UPDATE users SET email = $2, email_verified_at = now(), updated_at = now()
            WHERE id = $1::uuid AND email_verified_at IS NULL AND (email IS NULL OR lower(email) = lower($2))
              AND NOT EXISTS (SELECT 1 FROM users o WHERE lower(o.email) = lower($2)
                AND o.email_verified_at IS NOT NULL AND o.deleted_at IS NULL)
            """, userID, email)
    }
}

extension Identity {
    /// The email, if it is one that may be stored.
    var usableEmail: String? { email.flatMap { Users.isEmail($0) ? $0 : nil } }

    /// The email, if the provider vouches for it.
    var verifiedEmail: String? { isEmailVerified ? usableEmail : nil }

    /// The name in one line of at most 100 characters; nil when nothing is left of it.
    var usableName: String? {
        let scalars = (displayName ?? "").unicodeScalars.filter { $0.properties.generalCategory != .control }
        let name = String(String.UnicodeScalarView(scalars.prefix(100))).trimmed
        return name.isEmpty ? nil : String(name)
    }
}
