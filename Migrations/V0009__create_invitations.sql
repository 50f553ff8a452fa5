-- Invitations to sign up, for installations that do not take everybody. Used up by one new user.
CREATE TABLE invitations (
    token_hash bytea PRIMARY KEY CONSTRAINT invitations_token_hash CHECK (octet_length(token_hash) = 32),
    role text NOT NULL DEFAULT 'user' CONSTRAINT invitations_role CHECK (role IN ('user', 'operator', 'admin')),
    note text CONSTRAINT invitations_note CHECK (length(note) BETWEEN 1 AND 254),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    used_by uuid REFERENCES users (id),
    CONSTRAINT invitations_expires_later CHECK (expires_at > created_at),
    CONSTRAINT invitations_use CHECK ((used_at IS NULL) = (used_by IS NULL))
);

CREATE INDEX invitations_used_by_idx ON invitations (used_by);

COMMENT ON TABLE invitations IS 'Links by which somebody may sign up';
COMMENT ON COLUMN invitations.token_hash IS 'SHA-256 of the 256 random bits in the link';
COMMENT ON COLUMN invitations.role IS 'What the new user may do';
COMMENT ON COLUMN invitations.note IS 'For whom it was made, in the words of whoever made it';
