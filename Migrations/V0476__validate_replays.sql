-- Looks through what V0475 only holds new rows to.
ALTER TABLE replays VALIDATE CONSTRAINT replays_idempotency;
