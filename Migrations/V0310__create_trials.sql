-- Every distinct evaluation whose profit or loss anyone may see, so that luck can be told from skill. Append-only: a run
-- may be deleted, its trial stays counted.
CREATE TABLE trials (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id uuid REFERENCES users (id),
    lineage_id uuid,
    definition_hash text NOT NULL CONSTRAINT trials_definition_hash CHECK (definition_hash ~ '^[0-9a-f]{64}$'),
    settings_hash text NOT NULL CONSTRAINT trials_settings_hash CHECK (settings_hash ~ '^[0-9a-f]{64}$'),
    symbol_id integer NOT NULL REFERENCES symbols (id),
    timeframe text NOT NULL CONSTRAINT trials_timeframe CHECK (timeframe IN ('1d', '1h')),
    window_start date NOT NULL,
    window_end date NOT NULL,
    returns_count integer NOT NULL CONSTRAINT trials_returns_count CHECK (returns_count >= 0),
    returns_mean double precision CONSTRAINT trials_returns_mean CHECK (abs(returns_mean) < 'Infinity'),
    returns_sd double precision CONSTRAINT trials_returns_sd CHECK (returns_sd >= 0 AND returns_sd < 'Infinity'),
    skewness double precision CONSTRAINT trials_skewness CHECK (abs(skewness) < 'Infinity'),
    kurtosis double precision CONSTRAINT trials_kurtosis CHECK (kurtosis >= 0 AND kurtosis < 'Infinity'),
    block_counts integer[] NOT NULL,
    block_sums double precision[] NOT NULL,
    block_squares double precision[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- An identical run again adds nothing: INSERT ... ON CONFLICT DO NOTHING.
    CONSTRAINT trials_identity UNIQUE
        (owner_id, lineage_id, definition_hash, settings_hash, symbol_id, timeframe, window_start, window_end),
    CONSTRAINT trials_window CHECK (window_start >= '1970-01-01' AND window_end <= '9999-12-31' AND window_start <= window_end),
    CONSTRAINT trials_owner CHECK ((owner_id IS NULL) = (lineage_id IS NULL)),
    CONSTRAINT trials_block_counts CHECK (
        array_ndims(block_counts) = 1 AND array_lower(block_counts, 1) = 1 AND cardinality(block_counts) = 16
        AND array_position(block_counts, NULL) IS NULL AND 0 <= ALL (block_counts)
        AND block_counts[1] + block_counts[2] + block_counts[3] + block_counts[4] + block_counts[5] + block_counts[6]
            + block_counts[7] + block_counts[8] + block_counts[9] + block_counts[10] + block_counts[11] + block_counts[12]
            + block_counts[13] + block_counts[14] + block_counts[15] + block_counts[16] = returns_count
    ),
    CONSTRAINT trials_block_sums CHECK (
        array_ndims(block_sums) = 1 AND array_lower(block_sums, 1) = 1 AND cardinality(block_sums) = 16
        AND array_position(block_sums, NULL) IS NULL AND '-Infinity' < ALL (block_sums) AND 'Infinity' > ALL (block_sums)
    ),
    CONSTRAINT trials_block_squares CHECK (
        array_ndims(block_squares) = 1 AND array_lower(block_squares, 1) = 1 AND cardinality(block_squares) = 16
        AND array_position(block_squares, NULL) IS NULL AND 0 <= ALL (block_squares) AND 'Infinity' > ALL (block_squares)
    )
);

CREATE INDEX trials_family_idx ON trials (owner_id, lineage_id, symbol_id, timeframe);

-- Of a deleted account only the hashes stay: owner and lineage may become null, together, and nothing else may change.
CREATE TRIGGER trials_append_only BEFORE UPDATE ON trials FOR EACH ROW
    WHEN (
        to_jsonb(NEW) - 'owner_id' - 'lineage_id' IS DISTINCT FROM to_jsonb(OLD) - 'owner_id' - 'lineage_id'
        OR (NEW.owner_id IS NOT NULL AND NEW.owner_id IS DISTINCT FROM OLD.owner_id)
        OR (NEW.lineage_id IS NOT NULL AND NEW.lineage_id IS DISTINCT FROM OLD.lineage_id)
    )
    EXECUTE FUNCTION refuse_change('trials_append_only');
CREATE TRIGGER trials_never_deleted BEFORE DELETE ON trials
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('trials_append_only');
CREATE TRIGGER trials_never_truncated BEFORE TRUNCATE ON trials
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('trials_append_only');

COMMENT ON TABLE trials IS 'Distinct evaluations ever made: what a good result has to be measured against';
COMMENT ON COLUMN trials.owner_id IS 'Whose trial; null after the account was deleted';
COMMENT ON COLUMN trials.lineage_id IS 'strategies.lineage_id; with owner, symbol and timeframe it names the family';
COMMENT ON COLUMN trials.definition_hash IS 'SHA-256, hex: ids and the order of conditions do not matter';
COMMENT ON COLUMN trials.settings_hash IS 'SHA-256, hex, over costs, timing and allocation; not the initial equity';
COMMENT ON COLUMN trials.window_start IS 'First day asked for';
COMMENT ON COLUMN trials.window_end IS 'Last day asked for, included';
COMMENT ON COLUMN trials.returns_count IS 'T: returns from one bar''s equity to the next';
COMMENT ON COLUMN trials.returns_mean IS 'Mean return a bar; null without returns';
COMMENT ON COLUMN trials.returns_sd IS 'Standard deviation, divisor T-1; null under two returns. No Sharpe ratio without it, or when 0';
COMMENT ON COLUMN trials.skewness IS 'g3, population moments';
COMMENT ON COLUMN trials.kurtosis IS 'g4, raw: 3 for a normal distribution';
COMMENT ON COLUMN trials.block_counts IS 'Returns in each of 16 equal blocks of the window';
COMMENT ON COLUMN trials.block_sums IS 'Sum of the returns of each block';
COMMENT ON COLUMN trials.block_squares IS 'Sum of their squares';
