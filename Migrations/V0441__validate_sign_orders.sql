-- Looks through what V0440 only holds new rows to.
ALTER TABLE webauthn_challenges
    VALIDATE CONSTRAINT webauthn_challenges_purpose,
    VALIDATE CONSTRAINT webauthn_challenges_nonce;
