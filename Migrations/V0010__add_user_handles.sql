-- What authenticators know a user by, and a way to shut somebody out.
ALTER TABLE users
    ADD COLUMN user_handle bytea NOT NULL
        -- The application brings 64 random bytes; for rows without it, as many from four random UUIDs.
        DEFAULT sha512(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
            || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
        CONSTRAINT users_user_handle_key UNIQUE
        CONSTRAINT users_user_handle CHECK (octet_length(user_handle) = 64),
    ADD COLUMN disabled_at timestamptz;

-- Sign-in with an email: unproven, so it may be several people's.
CREATE INDEX users_email_idx ON users (lower(email)) WHERE deleted_at IS NULL;

COMMENT ON COLUMN users.user_handle IS 'WebAuthn user handle: random, says nothing about the person, shown nowhere else';
COMMENT ON COLUMN users.disabled_at IS 'When an admin shut them out; null: they may sign in';
