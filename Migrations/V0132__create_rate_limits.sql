-- Who asked how often in the last minutes: counted here, so that a limit holds across processes and hosts. Unlogged: a
-- count costs no write to the log of transactions and no wait for the disk, and a server that crashed begins anew.
CREATE UNLOGGED TABLE rate_limits (
    bucket text PRIMARY KEY CONSTRAINT rate_limits_bucket CHECK (length(bucket) BETWEEN 1 AND 255),
    window_start timestamptz NOT NULL,
    hits integer NOT NULL CONSTRAINT rate_limits_hits CHECK (hits >= 0),
    previous_hits integer NOT NULL CONSTRAINT rate_limits_previous_hits CHECK (previous_hits >= 0),
    is_admitted boolean NOT NULL
) WITH (
    -- Room on the page for the next versions of a row, and no index entry for them.
    fillfactor = 50,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000
);

CREATE INDEX rate_limits_window_start_idx ON rate_limits (window_start);

COMMENT ON TABLE rate_limits IS 'Requests a minute by user or address; rows older than two minutes mean nothing and are removed';
COMMENT ON COLUMN rate_limits.bucket IS 'Which limit, and of whom: runs/USER, calls/USER, sign_in/ADDRESS (IPv6: the /64)';
COMMENT ON COLUMN rate_limits.window_start IS 'When the minute began that is being counted';
COMMENT ON COLUMN rate_limits.hits IS 'Requests let through in this minute';
COMMENT ON COLUMN rate_limits.previous_hits IS 'Requests let through in the minute before';
COMMENT ON COLUMN rate_limits.is_admitted IS 'Whether the latest request was let through';
