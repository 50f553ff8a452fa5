-- A provider counts what all hosts ask together, so they take their turns from one place (Sources/Providers/Turns.swift).
ALTER TABLE provider_states
    ADD COLUMN next_turn timestamptz,
    ADD COLUMN told_turn timestamptz;

COMMENT ON COLUMN provider_states.next_turn IS 'The next moment at which it may be asked that nobody has taken';
COMMENT ON COLUMN provider_states.told_turn IS 'When the last job that was sent away is to come again';
