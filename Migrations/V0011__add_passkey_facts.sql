-- What else the standard wants kept of a credential (WebAuthn 4, "credential record").
ALTER TABLE webauthn_credentials
    ADD COLUMN uv_initialized boolean NOT NULL DEFAULT true,
    ADD COLUMN attachment text
        CONSTRAINT webauthn_credentials_attachment CHECK (attachment IN ('platform', 'cross-platform')),
    ADD COLUMN is_discoverable boolean;

-- A challenge lives for minutes: after a crash its browser asks for another, and no answer waits for the disk.
ALTER TABLE webauthn_challenges SET UNLOGGED;

COMMENT ON COLUMN webauthn_credentials.uv_initialized IS 'A ceremony with it once verified its user; ours always do';
COMMENT ON COLUMN webauthn_credentials.attachment IS 'Part of the device or carried about, as the client said last; null: it did not';
COMMENT ON COLUMN webauthn_credentials.is_discoverable IS 'Whether it signs in without a name (credProps.rk); null: the client did not say';
