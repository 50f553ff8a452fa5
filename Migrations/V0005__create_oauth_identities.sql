-- Accounts elsewhere by which a user signs in. An identity is issuer and subject; an email never is one.
CREATE TABLE oauth_identities (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id),
    provider text NOT NULL CONSTRAINT oauth_identities_provider CHECK (provider IN ('google', 'apple')),
    issuer text NOT NULL CONSTRAINT oauth_identities_issuer CHECK (length(issuer) BETWEEN 1 AND 255),
    subject text NOT NULL CONSTRAINT oauth_identities_subject CHECK (length(subject) BETWEEN 1 AND 255),
    email text CONSTRAINT oauth_identities_email CHECK (length(email) BETWEEN 1 AND 254),
    email_verified boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    CONSTRAINT oauth_identities_subject_key UNIQUE (issuer, subject),
    CONSTRAINT oauth_identities_provider_key UNIQUE (user_id, provider)
);

COMMENT ON TABLE oauth_identities IS 'Google and Apple accounts that are linked to users';
COMMENT ON COLUMN oauth_identities.subject IS 'The provider''s name for the person, unique within the issuer';
COMMENT ON COLUMN oauth_identities.email IS 'As the provider told it last; may be a relay address';
