-- One row a run. What was asked never changes; how it ended is frozen once it has.
CREATE TABLE backtest_runs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id),
    strategy_id uuid NOT NULL,
    strategy_version_id integer NOT NULL,
    symbol_id integer NOT NULL REFERENCES symbols (id),
    timeframe text NOT NULL CONSTRAINT backtest_runs_timeframe CHECK (timeframe IN ('1d', '1h')),
    start_date date NOT NULL,
    end_date date NOT NULL,
    initial_equity numeric(18,2) NOT NULL
        CONSTRAINT backtest_runs_initial_equity CHECK (initial_equity > 0 AND initial_equity <> 'NaN'),
    options_json jsonb NOT NULL CONSTRAINT backtest_runs_options_json CHECK (jsonb_typeof(options_json) = 'object'),
    periods_per_year smallint NOT NULL,
    status text NOT NULL DEFAULT 'pending'
        CONSTRAINT backtest_runs_status
        CHECK (status IN ('pending', 'running', 'completed', 'failed', 'timed_out', 'cancelled')),
    job_id uuid,
    content_hash text CONSTRAINT backtest_runs_content_hash CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    result_hash text CONSTRAINT backtest_runs_result_hash CHECK (result_hash ~ '^[0-9a-f]{64}$'),
    bars_hash text CONSTRAINT backtest_runs_bars_hash CHECK (bars_hash ~ '^[0-9a-f]{64}$'),
    bar_revision bigint CONSTRAINT backtest_runs_bar_revision CHECK (bar_revision >= 1),
    engine_version text CONSTRAINT backtest_runs_engine_version CHECK (length(engine_version) BETWEEN 1 AND 32),
    error_code text CONSTRAINT backtest_runs_error_code CHECK (error_code ~ '^[A-Z][A-Z0-9_]{0,63}$'),
    error_message text,
    idempotency_key text CONSTRAINT backtest_runs_idempotency_key CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    request_hash text CONSTRAINT backtest_runs_request_hash CHECK (request_hash ~ '^[0-9a-f]{64}$'),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT backtest_runs_owner_fkey FOREIGN KEY (strategy_id, user_id) REFERENCES strategies (id, user_id),
    CONSTRAINT backtest_runs_version_fkey
        FOREIGN KEY (strategy_id, strategy_version_id) REFERENCES strategy_versions (strategy_id, id),
    CONSTRAINT backtest_runs_range CHECK (start_date >= '1970-01-01' AND end_date <= '9999-12-31' AND start_date <= end_date),
    CONSTRAINT backtest_runs_periods_per_year CHECK (
        (timeframe, periods_per_year) IN (('1d', 252::smallint), ('1d', 365::smallint), ('1h', 8760::smallint))
    ),
    CONSTRAINT backtest_runs_state CHECK (
        CASE status
            WHEN 'pending' THEN finished_at IS NULL
            WHEN 'running' THEN started_at IS NOT NULL AND finished_at IS NULL
            WHEN 'completed' THEN started_at IS NOT NULL AND finished_at IS NOT NULL
            ELSE finished_at IS NOT NULL
        END
    ),
    CONSTRAINT backtest_runs_outcome CHECK (
        CASE status
            WHEN 'completed' THEN error_code IS NULL AND content_hash IS NOT NULL AND result_hash IS NOT NULL
                AND bars_hash IS NOT NULL AND bar_revision IS NOT NULL AND engine_version IS NOT NULL
            WHEN 'failed' THEN error_code IS NOT NULL AND result_hash IS NULL
            WHEN 'timed_out' THEN error_code IS NOT NULL AND result_hash IS NULL
            ELSE result_hash IS NULL
        END
    ),
    CONSTRAINT backtest_runs_idempotency CHECK ((idempotency_key IS NULL) = (request_hash IS NULL)),
    CONSTRAINT backtest_runs_idempotency_key_key UNIQUE (user_id, idempotency_key),
    -- For the trades' foreign key: a trade is in the run's symbol.
    CONSTRAINT backtest_runs_symbol_key UNIQUE (id, symbol_id)
);

CREATE INDEX backtest_runs_user_idx ON backtest_runs (user_id, created_at DESC, id);
CREATE INDEX backtest_runs_strategy_idx ON backtest_runs (strategy_id, created_at DESC);
CREATE INDEX backtest_runs_symbol_idx ON backtest_runs (symbol_id);
CREATE INDEX backtest_runs_job_idx ON backtest_runs (job_id);

-- The job of a finished run is deleted after a while: its id may become null, nothing else.
CREATE TRIGGER backtest_runs_end_is_final BEFORE UPDATE ON backtest_runs FOR EACH ROW
    WHEN (
        OLD.status NOT IN ('pending', 'running')
        AND (
            (to_jsonb(NEW) - 'job_id') IS DISTINCT FROM (to_jsonb(OLD) - 'job_id')
            OR (NEW.job_id IS NOT NULL AND NEW.job_id IS DISTINCT FROM OLD.job_id)
        )
    )
    EXECUTE FUNCTION refuse_change('backtest_runs_end_is_final');
CREATE TRIGGER backtest_runs_question_is_final BEFORE UPDATE ON backtest_runs FOR EACH ROW
    WHEN (
        (OLD.id, OLD.user_id, OLD.strategy_id, OLD.strategy_version_id, OLD.symbol_id, OLD.timeframe, OLD.start_date,
            OLD.end_date, OLD.initial_equity, OLD.options_json, OLD.periods_per_year, OLD.created_at)
        IS DISTINCT FROM
        (NEW.id, NEW.user_id, NEW.strategy_id, NEW.strategy_version_id, NEW.symbol_id, NEW.timeframe, NEW.start_date,
            NEW.end_date, NEW.initial_equity, NEW.options_json, NEW.periods_per_year, NEW.created_at)
    )
    EXECUTE FUNCTION refuse_change('backtest_runs_question_is_final');

COMMENT ON TABLE backtest_runs IS 'Backtests asked for, and how they ended';
COMMENT ON COLUMN backtest_runs.strategy_version_id IS 'The version that was current, or asked for, when the run was made';
COMMENT ON COLUMN backtest_runs.start_date IS 'First day of the range the trader asked for';
COMMENT ON COLUMN backtest_runs.end_date IS 'Last day of the range, included';
COMMENT ON COLUMN backtest_runs.initial_equity IS 'In the symbol''s currency';
COMMENT ON COLUMN backtest_runs.options_json IS 'Allocation, costs and timing, defaults written out';
COMMENT ON COLUMN backtest_runs.periods_per_year IS 'What the statistics annualise with: equity days 252, crypto days 365, crypto hours 8760';
COMMENT ON COLUMN backtest_runs.job_id IS 'The job that runs it; null once that is gone';
COMMENT ON COLUMN backtest_runs.content_hash IS 'SHA-256, hex, over definition, options, bars and engine version: what went in';
COMMENT ON COLUMN backtest_runs.result_hash IS 'SHA-256, hex, over trades and equity: what came out';
COMMENT ON COLUMN backtest_runs.bars_hash IS 'SHA-256, hex, over the loaded bars, warm-up included';
COMMENT ON COLUMN backtest_runs.bar_revision IS 'bar_series.revision of the bars it saw';
COMMENT ON COLUMN backtest_runs.error_code IS 'Stable code of why there is no result';
COMMENT ON COLUMN backtest_runs.idempotency_key IS 'The client''s Idempotency-Key';
COMMENT ON COLUMN backtest_runs.request_hash IS 'SHA-256, hex, of the request that came with the key: another one is a conflict';
