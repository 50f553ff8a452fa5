-- Passkeys. Removed with the account or by their owner, who keeps at least one way to sign in.
CREATE TABLE webauthn_credentials (
    credential_id bytea PRIMARY KEY
        CONSTRAINT webauthn_credentials_credential_id CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
    user_id uuid NOT NULL REFERENCES users (id),
    public_key bytea NOT NULL CONSTRAINT webauthn_credentials_public_key CHECK (octet_length(public_key) BETWEEN 1 AND 2048),
    sign_count bigint NOT NULL DEFAULT 0
        CONSTRAINT webauthn_credentials_sign_count CHECK (sign_count BETWEEN 0 AND 4294967295),
    transports text[] NOT NULL DEFAULT '{}'
        CONSTRAINT webauthn_credentials_transports
        CHECK (cardinality(transports) <= 16 AND array_position(transports, NULL) IS NULL),
    aaguid uuid NOT NULL,
    backup_eligible boolean NOT NULL,
    backup_state boolean NOT NULL,
    attestation_format text NOT NULL DEFAULT 'none'
        CONSTRAINT webauthn_credentials_attestation_format CHECK (length(attestation_format) BETWEEN 1 AND 32),
    name text NOT NULL CONSTRAINT webauthn_credentials_name CHECK (length(name) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    CONSTRAINT webauthn_credentials_backup CHECK (backup_eligible OR NOT backup_state)
);

CREATE INDEX webauthn_credentials_user_id_idx ON webauthn_credentials (user_id);

COMMENT ON TABLE webauthn_credentials IS 'Passkeys by which users sign in';
COMMENT ON COLUMN webauthn_credentials.credential_id IS 'Chosen by the authenticator, unique across all users';
COMMENT ON COLUMN webauthn_credentials.public_key IS 'COSE_Key, as the authenticator sent it';
COMMENT ON COLUMN webauthn_credentials.sign_count IS 'The counter last seen; stays 0 for passkeys that are synced';
COMMENT ON COLUMN webauthn_credentials.transports IS 'What the client reported, unknown words kept';
COMMENT ON COLUMN webauthn_credentials.aaguid IS 'The model of the authenticator; all zero when it does not say';
COMMENT ON COLUMN webauthn_credentials.backup_eligible IS 'May be synced between devices; constant for life';
COMMENT ON COLUMN webauthn_credentials.backup_state IS 'Was synced when last seen';
COMMENT ON COLUMN webauthn_credentials.attestation_format IS 'As sent at registration, mostly none';
COMMENT ON COLUMN webauthn_credentials.name IS 'The owner''s own label';
