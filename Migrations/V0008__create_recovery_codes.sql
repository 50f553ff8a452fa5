-- Ways back in for someone who lost every passkey: codes shown once at sign-up, and links made by an operator.
-- A row is removed when it is used.
CREATE TABLE recovery_codes (
    code_hash bytea PRIMARY KEY CONSTRAINT recovery_codes_code_hash CHECK (octet_length(code_hash) = 32),
    user_id uuid NOT NULL REFERENCES users (id),
    kind text NOT NULL CONSTRAINT recovery_codes_kind CHECK (kind IN ('code', 'link')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    CONSTRAINT recovery_codes_expires_later CHECK (expires_at > created_at),
    CONSTRAINT recovery_codes_link_expires CHECK ((kind = 'link') = (expires_at IS NOT NULL))
);

CREATE INDEX recovery_codes_user_id_idx ON recovery_codes (user_id, kind);

COMMENT ON TABLE recovery_codes IS 'One-time ways back in';
COMMENT ON COLUMN recovery_codes.code_hash IS 'SHA-256 of the code; it has 100 random bits or more, so no salt is needed';
COMMENT ON COLUMN recovery_codes.expires_at IS 'Of a link; a code is good until it is used';
