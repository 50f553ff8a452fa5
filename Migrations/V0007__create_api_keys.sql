-- Personal keys for scripts: shown once, stored only as a hash, limited to scopes.
CREATE TABLE api_keys (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id),
    name text NOT NULL CONSTRAINT api_keys_name CHECK (length(name) BETWEEN 1 AND 100),
    prefix text NOT NULL CONSTRAINT api_keys_prefix CHECK (prefix ~ '^[A-Za-z0-9_-]{4,16}$'),
    key_hash bytea NOT NULL
        CONSTRAINT api_keys_key_hash_key UNIQUE
        CONSTRAINT api_keys_key_hash CHECK (octet_length(key_hash) = 32),
    scopes text[] NOT NULL
        CONSTRAINT api_keys_scopes
        CHECK (
            cardinality(scopes) BETWEEN 1 AND 5 AND array_ndims(scopes) = 1
            AND scopes <@ ARRAY['read', 'research', 'trade', 'ingest', 'admin']
        ),
    expires_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    CONSTRAINT api_keys_expires_later CHECK (expires_at > created_at)
);

CREATE INDEX api_keys_user_id_idx ON api_keys (user_id);

COMMENT ON TABLE api_keys IS 'Personal API keys';
COMMENT ON COLUMN api_keys.prefix IS 'The beginning of the key, shown so that its owner can tell keys apart';
COMMENT ON COLUMN api_keys.key_hash IS 'SHA-256 of the whole key; the key is random, so no salt is needed';
COMMENT ON COLUMN api_keys.scopes IS 'What the key may do, never more than its owner''s role allows';
COMMENT ON COLUMN api_keys.expires_at IS 'From then on the key is refused; null: never';
COMMENT ON COLUMN api_keys.last_used_at IS 'To the minute: not written on every request';
COMMENT ON COLUMN api_keys.revoked_at IS 'When its owner ended it; null: valid';
