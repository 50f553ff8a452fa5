-- As a backtest, practice may be asked for twice and is opened once. Nobody has so many that the table would be long.
ALTER TABLE replays
    ADD COLUMN idempotency_key idempotency_key,
    ADD COLUMN request_hash sha256_hex,
    ADD CONSTRAINT replays_idempotency CHECK ((idempotency_key IS NULL) = (request_hash IS NULL)) NOT VALID;

COMMENT ON COLUMN replays.idempotency_key IS 'The client''s Idempotency-Key';
COMMENT ON COLUMN replays.request_hash IS 'SHA-256, hex, of the request that came with the key: another one is a conflict';
