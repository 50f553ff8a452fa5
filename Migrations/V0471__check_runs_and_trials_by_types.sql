-- As V0470 does for the ledger: a run is written three times until it is over.

-- That sixteen counts add up filled more text than all else that a trial is held to.
CREATE FUNCTION sum_of(numbers integer[]) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    total bigint := 0;
    number integer;
BEGIN
    FOREACH number IN ARRAY numbers LOOP
        total := total + number;
    END LOOP;
    RETURN total;
END $$;

CREATE DOMAIN sha256_hex AS text;
CREATE DOMAIN idempotency_key AS text;
CREATE DOMAIN engine_version AS text;
CREATE DOMAIN run_warnings AS jsonb;
CREATE DOMAIN trial_deviation AS double precision;
CREATE DOMAIN trial_counts AS integer[];
CREATE DOMAIN trial_sums AS double precision[];
CREATE DOMAIN trial_squares AS double precision[];

-- In the order in which the end of a run takes them; see V0470.
SET LOCAL lock_timeout = '500ms';
LOCK TABLE backtest_runs, trials IN ACCESS EXCLUSIVE MODE;

DROP TRIGGER backtest_runs_end_is_final ON backtest_runs;
ALTER TABLE backtest_runs
    DROP CONSTRAINT backtest_runs_content_hash,
    DROP CONSTRAINT backtest_runs_result_hash,
    DROP CONSTRAINT backtest_runs_bars_hash,
    DROP CONSTRAINT backtest_runs_request_hash,
    DROP CONSTRAINT backtest_runs_idempotency_key,
    DROP CONSTRAINT backtest_runs_engine_version,
    DROP CONSTRAINT backtest_runs_warnings,
    DROP CONSTRAINT backtest_runs_idempotency,
    DROP CONSTRAINT backtest_runs_status,
    DROP CONSTRAINT backtest_runs_periods_per_year,
    DROP CONSTRAINT backtest_runs_state,
    DROP CONSTRAINT backtest_runs_outcome,
    ALTER COLUMN content_hash TYPE sha256_hex,
    ALTER COLUMN result_hash TYPE sha256_hex,
    ALTER COLUMN bars_hash TYPE sha256_hex,
    ALTER COLUMN request_hash TYPE sha256_hex,
    ALTER COLUMN idempotency_key TYPE idempotency_key,
    ALTER COLUMN engine_version TYPE engine_version,
    ALTER COLUMN warnings TYPE run_warnings,
    ADD CONSTRAINT backtest_runs_warnings CHECK (warnings IS NULL OR status = 'completed') NOT VALID,
    ADD CONSTRAINT backtest_runs_idempotency CHECK ((idempotency_key IS NULL) = (request_hash IS NULL)) NOT VALID,
    ADD CONSTRAINT backtest_runs_status CHECK (
        status = ANY ('{pending,running,completed,failed,timed_out,cancelled}')
    ) NOT VALID,
    ADD CONSTRAINT backtest_runs_periods_per_year CHECK (
        CASE timeframe WHEN '1d' THEN periods_per_year = ANY ('{252,365}') ELSE periods_per_year = 8760 END
    ) NOT VALID,
    ADD CONSTRAINT backtest_runs_state CHECK (
        (finished_at IS NULL) = (status = ANY ('{pending,running}'))
        AND (started_at IS NOT NULL OR status <> ALL ('{running,completed}'))
    ) NOT VALID,
    ADD CONSTRAINT backtest_runs_outcome CHECK (
        CASE status
            WHEN 'completed' THEN error_code IS NULL
                AND num_nulls(content_hash, result_hash, bars_hash, bar_revision, engine_version) = 0
            ELSE result_hash IS NULL AND (error_code IS NOT NULL OR status <> ALL ('{failed,timed_out}'))
        END
    ) NOT VALID;

DROP TRIGGER trials_append_only ON trials;
ALTER TABLE trials
    DROP CONSTRAINT trials_definition_hash,
    DROP CONSTRAINT trials_settings_hash,
    DROP CONSTRAINT trials_returns_sd,
    DROP CONSTRAINT trials_kurtosis,
    DROP CONSTRAINT trials_excess_sd,
    DROP CONSTRAINT trials_block_counts,
    DROP CONSTRAINT trials_block_sums,
    DROP CONSTRAINT trials_block_squares,
    ALTER COLUMN definition_hash TYPE sha256_hex,
    ALTER COLUMN settings_hash TYPE sha256_hex,
    ALTER COLUMN returns_sd TYPE trial_deviation,
    ALTER COLUMN kurtosis TYPE trial_deviation,
    ALTER COLUMN excess_sd TYPE trial_deviation,
    ALTER COLUMN block_counts TYPE trial_counts,
    ALTER COLUMN block_sums TYPE trial_sums,
    ALTER COLUMN block_squares TYPE trial_squares,
    ADD CONSTRAINT trials_block_counts CHECK (sum_of(block_counts) = returns_count) NOT VALID;

ALTER DOMAIN sha256_hex ADD CONSTRAINT sha256_hex CHECK (VALUE ~ '^[0-9a-f]{64}$') NOT VALID;
ALTER DOMAIN idempotency_key ADD CONSTRAINT idempotency_key CHECK (length(VALUE) BETWEEN 1 AND 255) NOT VALID;
ALTER DOMAIN engine_version ADD CONSTRAINT engine_version CHECK (length(VALUE) BETWEEN 1 AND 32) NOT VALID;
ALTER DOMAIN run_warnings ADD CONSTRAINT run_warnings CHECK (
    coalesce(jsonb_typeof(VALUE -> 'listed') = 'array' AND jsonb_typeof(VALUE -> 'omitted') = 'number', VALUE IS NULL)
) NOT VALID;

ALTER DOMAIN trial_deviation ADD CONSTRAINT trial_deviation CHECK (VALUE >= 0 AND VALUE < 'Infinity') NOT VALID;
ALTER DOMAIN trial_counts ADD CONSTRAINT trial_counts CHECK (
    array_ndims(VALUE) = 1 AND array_lower(VALUE, 1) = 1 AND cardinality(VALUE) = 16
    AND array_position(VALUE, NULL) IS NULL AND 0 <= ALL (VALUE)
) NOT VALID;
ALTER DOMAIN trial_sums ADD CONSTRAINT trial_sums CHECK (
    array_ndims(VALUE) = 1 AND array_lower(VALUE, 1) = 1 AND cardinality(VALUE) = 16
    AND array_position(VALUE, NULL) IS NULL AND '-Infinity' < ALL (VALUE) AND 'Infinity' > ALL (VALUE)
) NOT VALID;
ALTER DOMAIN trial_squares ADD CONSTRAINT trial_squares CHECK (
    array_ndims(VALUE) = 1 AND array_lower(VALUE, 1) = 1 AND cardinality(VALUE) = 16
    AND array_position(VALUE, NULL) IS NULL AND 0 <= ALL (VALUE) AND 'Infinity' > ALL (VALUE)
) NOT VALID;

CREATE TRIGGER backtest_runs_end_is_final BEFORE UPDATE ON backtest_runs FOR EACH ROW
    WHEN (
        OLD.status NOT IN ('pending', 'running')
        AND (
            (to_jsonb(NEW) - 'job_id') IS DISTINCT FROM (to_jsonb(OLD) - 'job_id')
            OR (NEW.job_id IS NOT NULL AND NEW.job_id IS DISTINCT FROM OLD.job_id)
        )
    )
    EXECUTE FUNCTION refuse_change('backtest_runs_end_is_final');
CREATE OR REPLACE TRIGGER backtest_runs_question_is_final
    BEFORE UPDATE OF id, user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date, end_date,
        initial_equity, options_json, periods_per_year, created_at
    ON backtest_runs FOR EACH ROW
    WHEN (
        (OLD.id, OLD.user_id, OLD.strategy_id, OLD.strategy_version_id, OLD.symbol_id, OLD.timeframe, OLD.start_date,
            OLD.end_date, OLD.initial_equity, OLD.options_json, OLD.periods_per_year, OLD.created_at)
        IS DISTINCT FROM
        (NEW.id, NEW.user_id, NEW.strategy_id, NEW.strategy_version_id, NEW.symbol_id, NEW.timeframe, NEW.start_date,
            NEW.end_date, NEW.initial_equity, NEW.options_json, NEW.periods_per_year, NEW.created_at)
    )
    EXECUTE FUNCTION refuse_change('backtest_runs_question_is_final');

CREATE TRIGGER trials_append_only BEFORE UPDATE ON trials FOR EACH ROW
    WHEN (
        to_jsonb(NEW) - 'owner_id' - 'lineage_id' - 'excess_count' - 'excess_mean' - 'excess_sd'
            IS DISTINCT FROM to_jsonb(OLD) - 'owner_id' - 'lineage_id' - 'excess_count' - 'excess_mean' - 'excess_sd'
        OR (NEW.owner_id IS NOT NULL AND NEW.owner_id IS DISTINCT FROM OLD.owner_id)
        OR (NEW.lineage_id IS NOT NULL AND NEW.lineage_id IS DISTINCT FROM OLD.lineage_id)
        OR (
            OLD.excess_count IS NOT NULL
            AND (NEW.excess_count, NEW.excess_mean, NEW.excess_sd)
                IS DISTINCT FROM (OLD.excess_count, OLD.excess_mean, OLD.excess_sd)
        )
    )
    EXECUTE FUNCTION refuse_change('trials_append_only');

COMMENT ON DOMAIN sha256_hex IS 'In small letters';
COMMENT ON DOMAIN idempotency_key IS 'What a client calls its request, so that it is done once';
COMMENT ON DOMAIN run_warnings IS 'An object: the worst findings listed, the others counted';
COMMENT ON DOMAIN trial_counts IS 'One for each of 16 blocks';
COMMENT ON DOMAIN trial_sums IS 'One for each of 16 blocks';
COMMENT ON DOMAIN trial_squares IS 'One for each of 16 blocks';
