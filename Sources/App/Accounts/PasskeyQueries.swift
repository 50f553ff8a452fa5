import Crypto
import Market
import Postgres
import WebAuthn

/// A passkey as its owner sees it.
struct PasskeyRow: Sendable {
    let id: [UInt8]
    let name: String
    let transports: [String]
    let aaguid: String
    let attachment: ToldWord<AuthenticatorAttachment>?
    let isBackupEligible: Bool
    let isBackedUp: Bool
    let isDiscoverable: Bool?
    let createdAt: Instant
    let lastUsedAt: Instant?

    var descriptor: PasskeyDescriptor { PasskeyDescriptor(id: id, transports: transports) }

    static let form = Form<PasskeyRow>.object(
        "Passkey",
        [
            .member("id", .base64URL, \.id), .member("name", .text, \.name),
            .member("transports", .list(of: .text), \.transports), .member("aaguid", .uuid, \.aaguid),
            .nullable("attachment", .told(), \.attachment),
            .member("is_backup_eligible", .flag, \.isBackupEligible), .member("is_backed_up", .flag, \.isBackedUp),
            .nullable("is_discoverable", .flag, \.isDiscoverable), .member("created_at", .time, \.createdAt),
            .nullable("last_used_at", .time, \.lastUsedAt),
        ])

    fileprivate static let columns = """
        credential_id, name, transports, aaguid, attachment, backup_eligible, backup_state, is_discoverable, created_at,
        last_used_at
        """
}

/// A passkey as sign-in needs it, with what matters of its owner.
struct StoredCredential: Sendable {
    let record: CredentialRecord
    let userID: String
    /// In lower case.
    let email: String?
    let isDisabled: Bool

    fileprivate static let columns = """
        c.credential_id, c.public_key, c.sign_count, u.user_handle, c.backup_eligible, c.backup_state, c.uv_initialized,
        u.id, lower(u.email), u.disabled_at IS NOT NULL
        """

    fileprivate init(_ row: inout RowReader) throws {
        record = CredentialRecord(
            id: try row.next(), publicKey: try row.next(), signCount: try row.next(), userHandle: try row.next(),
            isBackupEligible: try row.next(), isBackedUp: try row.next(), isUserVerificationInitialized: try row.next())
        (userID, email, isDisabled) = (try row.next(), try row.next(), try row.next())
    }
}

extension Query {
    /// The passkey with this id; nil when nobody has it.
    ///
    /// - Parameter isHeld: to the end of the transaction nobody changes or removes it.
    static func credential(_ id: [UInt8], isHeld: Bool = false) -> Query<StoredCredential?> {
        .first(
            """
            SELECT \(StoredCredential.columns) FROM webauthn_credentials c JOIN users u ON u.id = c.user_id
            WHERE c.credential_id = $1 AND u.deleted_at IS NULL \(isHeld ? "FOR NO KEY UPDATE OF c" : "")
            """, id, read: StoredCredential.init)
    }

    /// Stores what a verified sign-in tells of its passkey: changes one row, or none when the passkey is gone or another
    /// sign-in has raised the counter meanwhile.
    static func recording(_ used: AuthenticatedCredential) -> Query<Int> {
        let record = used.record
        return .change(
            """
            UPDATE webauthn_credentials SET sign_count = $2, backup_state = $3, uv_initialized = $4,
              attachment = coalesce($5, attachment), last_used_at = now()
            WHERE credential_id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0))
            """, record.id, Int(record.signCount), record.isBackedUp, record.isUserVerificationInitialized,
            used.attachment)
    }

    /// A user's passkeys, oldest first.
    static func passkeys(of userID: String) -> Query<[PasskeyRow]> {
        .all(
            """
            SELECT \(PasskeyRow.columns) FROM webauthn_credentials WHERE user_id = $1::uuid
            ORDER BY created_at, credential_id
            """, userID, read: inOrder(PasskeyRow.init))
    }

    static func insertingPasskey(
        _ credential: RegisteredCredential, named name: String, for userID: String
    ) -> Query<Int> {
        .change(
            """
            INSERT INTO webauthn_credentials (credential_id, user_id, public_key, sign_count, transports, aaguid,
              backup_eligible, backup_state, attestation_format, name, uv_initialized, attachment, is_discoverable)
            VALUES ($1, $2::uuid, $3, $4, $5::text[], encode($6, 'hex')::uuid, $7, $8, $9, $10, $11, $12, $13)
            """, credential.id, userID, credential.publicKey, Int(credential.signCount), credential.transports,
            credential.aaguid, credential.isBackupEligible, credential.isBackedUp, credential.attestation.format, name,
            credential.isUserVerified, credential.attachment, credential.isDiscoverable)
    }

    static func renamingPasskey(_ id: [UInt8], of userID: String, to name: String) -> Query<Int> {
        .change(
            "UPDATE webauthn_credentials SET name = $3 WHERE credential_id = $1 AND user_id = $2::uuid", id, userID,
            name)
    }

    /// For a transaction that has run ``lockingCaller(_:)`` before.
    static func deletingPasskey(_ id: [UInt8], of userID: String) -> Query<Int> {
        .change("DELETE FROM webauthn_credentials WHERE credential_id = $1 AND user_id = $2::uuid", id, userID)
    }

    /// The passkeys of one account with this email; none when nobody has it.
    ///
    /// Anybody may write anybody's email on an account of their own. So the list is that of one account, whose email was
    /// proven or else was there first: what later accounts hold neither pushes a passkey out nor shows in its length.
    static func passkeyDescriptors(ofEmail email: String, limit: Int) -> Query<[PasskeyDescriptor]> {
        .all(
            """
            SELECT credential_id, transports FROM webauthn_credentials WHERE user_id = (
              SELECT u.id FROM users u WHERE lower(u.email) = lower($1) AND u.deleted_at IS NULL
                AND EXISTS (SELECT 1 FROM webauthn_credentials c WHERE c.user_id = u.id)
              ORDER BY u.email_verified_at IS NULL, u.created_at, u.id LIMIT 1)
            ORDER BY last_used_at DESC NULLS LAST, created_at, credential_id LIMIT $2
            """, email, limit, read: inOrder(PasskeyDescriptor.init))
    }
}
