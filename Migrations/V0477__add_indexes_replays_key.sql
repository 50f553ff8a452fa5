-- A key opens one practice of a user.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS replays_idempotency_key ON replays (user_id, idempotency_key);
