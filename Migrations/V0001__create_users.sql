-- People. A row is never deleted: what others and the books refer to stays, the person in it is blanked.
CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    role text NOT NULL DEFAULT 'user' CONSTRAINT users_role CHECK (role IN ('user', 'operator', 'admin')),
    email text CONSTRAINT users_email CHECK (email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$' AND length(email) <= 254),
    email_verified_at timestamptz,
    display_name text CONSTRAINT users_display_name CHECK (length(display_name) BETWEEN 1 AND 100),
    base_currency text NOT NULL DEFAULT 'USD' CONSTRAINT users_base_currency CHECK (base_currency ~ '^[A-Z]{3}$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT users_verified_email_exists CHECK (email_verified_at IS NULL OR email IS NOT NULL),
    CONSTRAINT users_deleted_is_blank CHECK (deleted_at IS NULL OR (email IS NULL AND display_name IS NULL))
);

-- Anybody may type any address: only a proven one belongs to one person.
CREATE UNIQUE INDEX users_verified_email_key ON users (lower(email))
    WHERE email_verified_at IS NOT NULL AND deleted_at IS NULL;

COMMENT ON TABLE users IS 'People who may sign in';
COMMENT ON COLUMN users.role IS 'What they may do; the first user is made admin';
COMMENT ON COLUMN users.email IS 'A label the user typed, unproven until email_verified_at; null after deletion';
COMMENT ON COLUMN users.email_verified_at IS 'When an OpenID provider vouched for the email; null: never';
COMMENT ON COLUMN users.display_name IS 'What to call them; null: nothing chosen, or deleted';
COMMENT ON COLUMN users.base_currency IS 'ISO 4217 code of the currency their sums are shown in';
COMMENT ON COLUMN users.deleted_at IS 'When the account was deleted; from then on the person is blanked';
