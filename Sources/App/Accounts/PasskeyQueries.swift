import Crypto
import Postgres
import WebAuthn

/// A passkey as its owner sees it.
struct PasskeyRow: Sendable {
    let id: [UInt8]
    let name: String
    let transports: [String]
    let aaguid: String
    let attachment: String?
    let isBackupEligible: Bool
    let isBackedUp: Bool
    let isDiscoverable: Bool?
    /// Unix microseconds.
    let createdAt: Int64
    let lastUsedAt: Int64?
}

/// A passkey as sign-in needs it, with what matters of its owner.
struct StoredCredential: Sendable {
    let record: CredentialRecord
    let userID: String
    /// In lower case.
    let email: String?
    let isDisabled: Bool
}

extension StoredCredential {
    static func reading(_ id: [UInt8]) -> Statement {
        Statement(
            """
            SELECT c.public_key, c.sign_count, c.backup_eligible, c.backup_state, c.uv_initialized, u.user_handle, u.id,
                   lower(u.email), u.disabled_at IS NOT NULL
            FROM webauthn_credentials c JOIN users u ON u.id = c.user_id
            WHERE c.credential_id = $1 AND u.deleted_at IS NULL
            """, [.bytes(id)])
    }

    /// From the answer to ``reading(_:)``; nil when nobody has this passkey.
    init?(_ id: [UInt8], _ rows: borrowing Rows) throws {
        guard rows.count == 1 else { return nil }
        record = CredentialRecord(
            id: id, publicKey: try rows.bytes(0, 0), signCount: UInt32(clamping: try rows.int(0, 1)),
            userHandle: try rows.bytes(0, 5), isBackupEligible: try rows.bool(0, 2),
            isBackedUp: try rows.bool(0, 3), isUserVerificationInitialized: try rows.bool(0, 4))
        userID = try rows.string(0, 6)
        email = try rows.optionalString(0, 7)
        isDisabled = try rows.bool(0, 8)
    }

    /// Stores what a verified sign-in tells of its passkey: changes one row, or none when the passkey is gone or another
    /// sign-in has raised the counter meanwhile.
    static func recording(_ used: AuthenticatedCredential) -> Statement {
        let record = used.record
        return Statement(
            """
            UPDATE webauthn_credentials SET sign_count = $2, backup_state = $3, uv_initialized = $4,
              attachment = coalesce($5, attachment), last_used_at = now()
            WHERE credential_id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0))
            """,
            [
                .bytes(record.id), Parameter(Int(record.signCount)), Parameter(record.isBackedUp),
                Parameter(record.isUserVerificationInitialized), Parameter(used.attachment?.rawValue),
            ])
    }
}

extension Connection {
    /// A user's passkeys, oldest first.
    mutating func passkeys(of userID: String) throws -> [PasskeyRow] {
        let rows = try query(
            """
            SELECT credential_id, name, transports, aaguid, attachment, backup_eligible, backup_state, is_discoverable,
                   created_at, last_used_at
            FROM webauthn_credentials WHERE user_id = $1::uuid ORDER BY created_at, credential_id
            """, [.text(userID)])
        return try (0..<rows.count).map { row in
            PasskeyRow(
                id: try rows.bytes(row, 0), name: try rows.string(row, 1), transports: try rows.strings(row, 2),
                aaguid: try rows.string(row, 3), attachment: try rows.optionalString(row, 4),
                isBackupEligible: try rows.bool(row, 5), isBackedUp: try rows.bool(row, 6),
                isDiscoverable: try rows.optionalBool(row, 7), createdAt: try rows.microseconds(row, 8),
                lastUsedAt: try rows.optionalMicroseconds(row, 9))
        }
    }

    mutating func insertPasskey(_ credential: RegisteredCredential, named name: String, for userID: String) throws {
        try execute(
            """
            INSERT INTO webauthn_credentials (credential_id, user_id, public_key, sign_count, transports, aaguid,
              backup_eligible, backup_state, attestation_format, name, uv_initialized, attachment, is_discoverable)
            VALUES ($1, $2::uuid, $3, $4, $5::text[], encode($6, 'hex')::uuid, $7, $8, $9, $10, $11, $12, $13)
            """,
            [
                .bytes(credential.id), .text(userID), .bytes(credential.publicKey),
                Parameter(Int(credential.signCount)),
                .array(credential.transports), .bytes(credential.aaguid), Parameter(credential.isBackupEligible),
                Parameter(credential.isBackedUp), .text(credential.attestation.format), .text(name),
                Parameter(credential.isUserVerified), Parameter(credential.attachment?.rawValue),
                Parameter(credential.isDiscoverable),
            ])
    }

    /// False when the user has no such passkey.
    mutating func renamePasskey(_ id: [UInt8], of userID: String, to name: String) throws -> Bool {
        try execute(
            "UPDATE webauthn_credentials SET name = $3 WHERE credential_id = $1 AND user_id = $2::uuid",
            [.bytes(id), .text(userID), .text(name)]) == 1
    }

    /// False when the user has no such passkey. For a transaction in which ``lockUser(_:)`` was called before.
    mutating func deletePasskey(_ id: [UInt8], of userID: String) throws -> Bool {
        try execute(
            "DELETE FROM webauthn_credentials WHERE credential_id = $1 AND user_id = $2::uuid",
            [.bytes(id), .text(userID)]) == 1
    }

    /// Makes changes of one user's ways in wait for each other; false when the user was deleted or shut out meanwhile.
    mutating func lockUser(_ userID: String) throws -> Bool {
        try query(
            "SELECT 1 FROM users WHERE id = $1::uuid AND deleted_at IS NULL AND disabled_at IS NULL FOR UPDATE",
            [.text(userID)]
        ).count == 1
    }

    /// In how many ways a user can sign in: passkeys, and accounts elsewhere.
    mutating func waysIn(of userID: String) throws -> Int {
        try query(
            """
            SELECT (SELECT count(*) FROM webauthn_credentials WHERE user_id = $1::uuid)
              + (SELECT count(*) FROM oauth_identities WHERE user_id = $1::uuid)
            """, [.text(userID)]
        ).int(0, 0)
    }

    /// The passkeys of whoever has this email, which may be several people and may be nobody.
    mutating func passkeyDescriptors(ofEmail email: String, limit: Int) throws -> [PasskeyDescriptor] {
        let rows = try query(
            """
            SELECT c.credential_id, c.transports FROM webauthn_credentials c JOIN users u ON u.id = c.user_id
            WHERE lower(u.email) = lower($1) AND u.deleted_at IS NULL
            ORDER BY c.created_at DESC, c.credential_id LIMIT $2
            """, [.text(email), Parameter(limit)])
        return try (0..<rows.count).map {
            PasskeyDescriptor(id: try rows.bytes($0, 0), transports: try rows.strings($0, 1))
        }
    }
}
