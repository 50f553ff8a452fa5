-- Orders that a passkey has signed (trading.md, "Signed orders").
ALTER TABLE paper_accounts ADD COLUMN signs_orders boolean NOT NULL DEFAULT false;

COMMENT ON COLUMN paper_accounts.signs_orders IS 'Its owner wants large orders to be signed with a passkey';

ALTER TABLE webauthn_challenges ADD COLUMN nonce bytea;
ALTER TABLE webauthn_challenges
    DROP CONSTRAINT webauthn_challenges_purpose,
    ADD CONSTRAINT webauthn_challenges_purpose
        CHECK (purpose IN ('register', 'add_passkey', 'login', 'reauthenticate', 'sign_order')) NOT VALID,
    ADD CONSTRAINT webauthn_challenges_nonce
        CHECK ((purpose = 'sign_order') = (nonce IS NOT NULL) AND octet_length(nonce) = 32) NOT VALID;

COMMENT ON COLUMN webauthn_challenges.challenge_hash IS 'SHA-256 of the 32 bytes: random ones, or of sign_order the SHA-256 of ticket and nonce';
COMMENT ON COLUMN webauthn_challenges.nonce IS 'sign_order: random, what makes the challenge for a ticket a new one';

CREATE TABLE order_signatures (
    order_id uuid PRIMARY KEY REFERENCES orders (id),
    credential_id bytea NOT NULL
        CONSTRAINT order_signatures_credential_id CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
    public_key bytea NOT NULL CONSTRAINT order_signatures_public_key CHECK (octet_length(public_key) BETWEEN 1 AND 8192),
    ticket bytea NOT NULL CONSTRAINT order_signatures_ticket CHECK (octet_length(ticket) BETWEEN 2 AND 2048),
    nonce bytea NOT NULL CONSTRAINT order_signatures_nonce CHECK (octet_length(nonce) = 32),
    client_data bytea NOT NULL CONSTRAINT order_signatures_client_data CHECK (octet_length(client_data) BETWEEN 2 AND 65536),
    authenticator_data bytea NOT NULL
        CONSTRAINT order_signatures_authenticator_data CHECK (octet_length(authenticator_data) BETWEEN 37 AND 65536),
    signature bytea NOT NULL CONSTRAINT order_signatures_signature CHECK (octet_length(signature) BETWEEN 1 AND 16384),
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TRIGGER order_signatures_are_final BEFORE UPDATE ON order_signatures
    FOR EACH ROW EXECUTE FUNCTION refuse_change('order_signatures_are_final');

COMMENT ON TABLE order_signatures IS 'What passkeys have signed; goes with the account';
COMMENT ON COLUMN order_signatures.public_key IS 'Of the passkey, in COSE form: it may be removed later';
COMMENT ON COLUMN order_signatures.ticket IS 'What was asked for, in the form whose SHA-256 is orders.content_hash';
COMMENT ON COLUMN order_signatures.nonce IS 'The challenge was the SHA-256 of ticket and nonce';
COMMENT ON COLUMN order_signatures.client_data IS 'The JSON that the browser handed to the authenticator, byte by byte';
