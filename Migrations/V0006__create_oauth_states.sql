-- Sign-ins with a provider that are under way. Whoever comes back removes the row first: of two, one wins.
CREATE TABLE oauth_states (
    state_hash bytea PRIMARY KEY CONSTRAINT oauth_states_state_hash CHECK (octet_length(state_hash) = 32),
    browser_hash bytea NOT NULL CONSTRAINT oauth_states_browser_hash CHECK (octet_length(browser_hash) = 32),
    provider text NOT NULL CONSTRAINT oauth_states_provider CHECK (provider IN ('google', 'apple')),
    intent text NOT NULL CONSTRAINT oauth_states_intent CHECK (intent IN ('sign_in', 'link')),
    session_id uuid REFERENCES sessions (id) ON DELETE CASCADE,
    nonce text NOT NULL CONSTRAINT oauth_states_nonce CHECK (length(nonce) BETWEEN 22 AND 128),
    code_verifier text NOT NULL CONSTRAINT oauth_states_code_verifier CHECK (length(code_verifier) BETWEEN 43 AND 128),
    invitation_hash bytea CONSTRAINT oauth_states_invitation_hash CHECK (octet_length(invitation_hash) = 32),
    return_to text CONSTRAINT oauth_states_return_to CHECK (return_to ~ '^/([^/\\]|$)' AND length(return_to) <= 500),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT oauth_states_expires_later CHECK (expires_at > created_at),
    CONSTRAINT oauth_states_link CHECK ((intent = 'link') = (session_id IS NOT NULL))
);

CREATE INDEX oauth_states_session_id_idx ON oauth_states (session_id);
CREATE INDEX oauth_states_expires_at_idx ON oauth_states (expires_at);

COMMENT ON TABLE oauth_states IS 'Who was sent to a provider, and what for';
COMMENT ON COLUMN oauth_states.state_hash IS 'SHA-256 of the state that travels through the provider';
COMMENT ON COLUMN oauth_states.browser_hash IS 'SHA-256 of the cookie of the browser that was sent: no other may come back';
COMMENT ON COLUMN oauth_states.session_id IS 'link: the session of the user whom the identity will belong to';
COMMENT ON COLUMN oauth_states.nonce IS 'Must come back inside the ID token';
COMMENT ON COLUMN oauth_states.code_verifier IS 'PKCE, S256';
COMMENT ON COLUMN oauth_states.return_to IS 'The page to show afterwards, an address of our own';
