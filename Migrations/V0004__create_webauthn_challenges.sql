-- Challenges that were handed out and not yet answered. Whoever answers removes the row first: of two, one wins.
CREATE TABLE webauthn_challenges (
    challenge_hash bytea PRIMARY KEY
        CONSTRAINT webauthn_challenges_challenge_hash CHECK (octet_length(challenge_hash) = 32),
    purpose text NOT NULL
        CONSTRAINT webauthn_challenges_purpose CHECK (purpose IN ('register', 'add_passkey', 'login', 'reauthenticate')),
    browser_hash bytea NOT NULL CONSTRAINT webauthn_challenges_browser_hash CHECK (octet_length(browser_hash) = 32),
    session_id uuid REFERENCES sessions (id) ON DELETE CASCADE,
    user_handle bytea CONSTRAINT webauthn_challenges_user_handle CHECK (octet_length(user_handle) = 64),
    email text CONSTRAINT webauthn_challenges_email CHECK (length(email) BETWEEN 1 AND 254),
    display_name text CONSTRAINT webauthn_challenges_display_name CHECK (length(display_name) BETWEEN 1 AND 100),
    invitation_hash bytea CONSTRAINT webauthn_challenges_invitation_hash CHECK (octet_length(invitation_hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT webauthn_challenges_expires_later CHECK (expires_at > created_at),
    CONSTRAINT webauthn_challenges_form CHECK (
        CASE purpose
            WHEN 'register' THEN session_id IS NULL AND user_handle IS NOT NULL AND email IS NOT NULL
            WHEN 'login' THEN session_id IS NULL AND user_handle IS NULL AND display_name IS NULL AND invitation_hash IS NULL
            ELSE session_id IS NOT NULL AND user_handle IS NULL AND email IS NULL AND display_name IS NULL
                AND invitation_hash IS NULL
        END
    )
);

CREATE INDEX webauthn_challenges_session_id_idx ON webauthn_challenges (session_id);
CREATE INDEX webauthn_challenges_expires_at_idx ON webauthn_challenges (expires_at);

COMMENT ON TABLE webauthn_challenges IS 'What a passkey was asked to sign';
COMMENT ON COLUMN webauthn_challenges.challenge_hash IS 'SHA-256 of the 32 random bytes';
COMMENT ON COLUMN webauthn_challenges.browser_hash IS 'SHA-256 of the cookie of the browser that asked: no other may answer';
COMMENT ON COLUMN webauthn_challenges.session_id IS 'The session it was asked in; null: nobody was signed in';
COMMENT ON COLUMN webauthn_challenges.user_handle IS 'register: the handle that the new user will have';
COMMENT ON COLUMN webauthn_challenges.email IS 'register: of the new user; login: whoever signs in must have it; null: anybody may';
COMMENT ON COLUMN webauthn_challenges.display_name IS 'register: of the new user; null: none chosen';
COMMENT ON COLUMN webauthn_challenges.invitation_hash IS 'register: the invitation that is used up; null: none';
