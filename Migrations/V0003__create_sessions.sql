-- Signed-in browsers. A session holds in every process and on every host, because it is here and nowhere else.
CREATE TABLE sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash bytea NOT NULL
        CONSTRAINT sessions_token_hash_key UNIQUE
        CONSTRAINT sessions_token_hash CHECK (octet_length(token_hash) = 32),
    user_id uuid NOT NULL REFERENCES users (id),
    kind text NOT NULL DEFAULT 'full' CONSTRAINT sessions_kind CHECK (kind IN ('full', 'recovery')),
    method text NOT NULL
        CONSTRAINT sessions_method CHECK (method IN ('passkey', 'recovery_code', 'recovery_link', 'google', 'apple')),
    device text NOT NULL CONSTRAINT sessions_device CHECK (length(device) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL DEFAULT now(),
    authenticated_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT sessions_expires_later CHECK (expires_at > created_at),
    -- A way back in is no way in: it opens the door to adding a passkey, and to nothing else.
    CONSTRAINT sessions_recovery CHECK ((kind = 'recovery') = (method IN ('recovery_code', 'recovery_link')))
);

CREATE INDEX sessions_user_id_idx ON sessions (user_id, last_seen_at);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

COMMENT ON TABLE sessions IS 'Browsers that are signed in; a row is removed when its session ends';
COMMENT ON COLUMN sessions.token_hash IS 'SHA-256 of the 256 random bits in the cookie, which are stored nowhere';
COMMENT ON COLUMN sessions.kind IS 'recovery: may add a passkey and nothing else';
COMMENT ON COLUMN sessions.method IS 'How its user proved who they are';
COMMENT ON COLUMN sessions.device IS 'Browser and system as they name themselves, for the list of sessions';
COMMENT ON COLUMN sessions.authenticated_at IS 'The last sign-in or confirmation; dangerous changes want a recent one';
COMMENT ON COLUMN sessions.last_seen_at IS 'To ten minutes: not written on every request. The session ends when it is too long ago';
COMMENT ON COLUMN sessions.expires_at IS 'The end, however much it is used';
