-- Strategies that trade forward with paper money: a pinned version on a series, with capital of its own in the account.
CREATE TABLE paper_runners (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    paper_account_id integer NOT NULL REFERENCES paper_accounts (id),
    generation integer NOT NULL CONSTRAINT paper_runners_generation CHECK (generation >= 1),
    strategy_id uuid NOT NULL,
    strategy_version_id integer NOT NULL,
    symbol_id integer NOT NULL REFERENCES symbols (id),
    interval text NOT NULL CONSTRAINT paper_runners_interval CHECK (interval IN ('1d', '1h')),
    status text NOT NULL DEFAULT 'RUNNING'
        CONSTRAINT paper_runners_status CHECK (status IN ('RUNNING', 'PAUSED', 'STOPPED')),
    detail text NOT NULL DEFAULT '' CONSTRAINT paper_runners_detail CHECK (length(detail) <= 500),
    capital numeric(18,2) NOT NULL CONSTRAINT paper_runners_capital CHECK (capital > 0 AND capital <> 'NaN'),
    allocation_pct numeric(7,4) NOT NULL
        CONSTRAINT paper_runners_allocation_pct CHECK (allocation_pct > 0 AND allocation_pct <= 100),
    risk_pct numeric(7,4) CONSTRAINT paper_runners_risk_pct CHECK (risk_pct > 0 AND risk_pct <= 100),
    commission_bps numeric(7,4) NOT NULL
        CONSTRAINT paper_runners_commission_bps CHECK (commission_bps >= 0 AND commission_bps <= 500),
    cash numeric(18,2) NOT NULL CONSTRAINT paper_runners_cash CHECK (cash >= 0 AND cash <> 'NaN'),
    quantity numeric(28,8) NOT NULL DEFAULT 0 CONSTRAINT paper_runners_quantity CHECK (quantity >= 0 AND quantity <> 'NaN'),
    equity numeric(18,2) NOT NULL CONSTRAINT paper_runners_equity CHECK (equity >= 0 AND equity <> 'NaN'),
    bars integer NOT NULL DEFAULT 0 CONSTRAINT paper_runners_bars CHECK (bars >= 0),
    next_side text CONSTRAINT paper_runners_next_side CHECK (next_side IN ('BUY', 'SELL')),
    after_bar timestamptz NOT NULL,
    seen_bar timestamptz NOT NULL,
    seen_close numeric(28,12) CONSTRAINT paper_runners_seen_close CHECK (seen_close > 0 AND seen_close <> 'NaN'),
    band_low double precision[],
    band_middle double precision[],
    band_high double precision[],
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    stopped_at timestamptz,
    CONSTRAINT paper_runners_version_fkey FOREIGN KEY (strategy_id, strategy_version_id)
        REFERENCES strategy_versions (strategy_id, id),
    CONSTRAINT paper_runners_seen CHECK (seen_bar >= after_bar),
    CONSTRAINT paper_runners_end CHECK ((status = 'STOPPED') = (stopped_at IS NOT NULL)),
    CONSTRAINT paper_runners_band CHECK (
        cardinality(band_low) = cardinality(band_middle) AND cardinality(band_low) = cardinality(band_high)
        OR band_low IS NULL AND band_middle IS NULL AND band_high IS NULL
    )
);

CREATE UNIQUE INDEX paper_runners_active_key
    ON paper_runners (paper_account_id, strategy_version_id, symbol_id, interval) WHERE status <> 'STOPPED';
CREATE INDEX paper_runners_series_idx ON paper_runners (symbol_id, interval) WHERE status = 'RUNNING';
CREATE INDEX paper_runners_account_idx ON paper_runners (paper_account_id, started_at DESC, id);

CREATE TRIGGER paper_runners_end_is_final BEFORE UPDATE ON paper_runners FOR EACH ROW
    WHEN (OLD.status = 'STOPPED') EXECUTE FUNCTION refuse_change('paper_runners_end_is_final');
CREATE TRIGGER paper_runners_question_is_final BEFORE UPDATE ON paper_runners FOR EACH ROW
    WHEN (
        (OLD.id, OLD.paper_account_id, OLD.generation, OLD.strategy_id, OLD.strategy_version_id, OLD.symbol_id,
            OLD.interval, OLD.capital, OLD.allocation_pct, OLD.risk_pct, OLD.commission_bps, OLD.after_bar,
            OLD.band_low, OLD.band_middle, OLD.band_high, OLD.started_at)
        IS DISTINCT FROM
        (NEW.id, NEW.paper_account_id, NEW.generation, NEW.strategy_id, NEW.strategy_version_id, NEW.symbol_id,
            NEW.interval, NEW.capital, NEW.allocation_pct, NEW.risk_pct, NEW.commission_bps, NEW.after_bar,
            NEW.band_low, NEW.band_middle, NEW.band_high, NEW.started_at)
    )
    EXECUTE FUNCTION refuse_change('paper_runners_question_is_final');

COMMENT ON TABLE paper_runners IS 'Pinned versions of strategies that trade forward with paper money';
COMMENT ON COLUMN paper_runners.generation IS 'paper_accounts.generation when it was started; a reset stops it';
COMMENT ON COLUMN paper_runners.detail IS 'What it did last, or why it does nothing, in a sentence';
COMMENT ON COLUMN paper_runners.capital IS 'Cash of the account that was set aside for it at its start';
COMMENT ON COLUMN paper_runners.allocation_pct IS 'Of its equity, for each purchase, costs included';
COMMENT ON COLUMN paper_runners.risk_pct IS 'What the allocation was worked out from, if it was: of its equity, lost at the stop';
COMMENT ON COLUMN paper_runners.commission_bps IS 'What its backtest pays: the rate of the account when it was started';
COMMENT ON COLUMN paper_runners.cash IS 'Its own, a part of the account''s; nobody else may spend it until it is stopped';
COMMENT ON COLUMN paper_runners.quantity IS 'Its own, a part of the account''s position; nobody else may sell it until it is stopped';
COMMENT ON COLUMN paper_runners.equity IS 'What it was worth at the last bar that it has seen, or when it was stopped';
COMMENT ON COLUMN paper_runners.bars IS 'How many it has seen';
COMMENT ON COLUMN paper_runners.seen_close IS 'The close of that bar then: one that is far from it now was adjusted since';
COMMENT ON COLUMN paper_runners.next_side IS 'What it is about to do at the open of the next bar';
COMMENT ON COLUMN paper_runners.after_bar IS 'Start of the last bar that was stored when it was started; it trades later ones';
COMMENT ON COLUMN paper_runners.seen_bar IS 'Start of the last bar that it has seen; moves on only';
COMMENT ON COLUMN paper_runners.band_low IS 'Forecast at its start, in units of the capital: one number for each bar to come';

-- A reset, or the end of the account, ends its runners, whichever release carries it out.
CREATE FUNCTION stop_runners() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE paper_runners SET status = 'STOPPED', stopped_at = clock_timestamp(), next_side = NULL,
        detail = CASE WHEN NEW.is_active THEN 'Stopped by the reset of the account.' ELSE 'The account was closed.' END
    WHERE paper_account_id = NEW.id AND status <> 'STOPPED';
    RETURN NULL;
END $$;

CREATE TRIGGER paper_accounts_stops_runners AFTER UPDATE ON paper_accounts FOR EACH ROW
    WHEN (NEW.generation <> OLD.generation OR OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION stop_runners();

CREATE TABLE paper_runner_points (
    runner_id uuid NOT NULL REFERENCES paper_runners (id),
    bar_start timestamptz NOT NULL,
    equity numeric(18,2) NOT NULL CONSTRAINT paper_runner_points_equity CHECK (equity >= 0 AND equity <> 'NaN'),
    PRIMARY KEY (runner_id, bar_start)
);

COMMENT ON TABLE paper_runner_points IS 'What runners were worth at the close of each bar';

ALTER TABLE orders ADD COLUMN runner_id uuid REFERENCES paper_runners (id);

COMMENT ON COLUMN orders.runner_id IS 'Which runner placed it; null for an order of a person';

CREATE FUNCTION queue_runners() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jobs (job_type, payload_json, dedupe_key)
    SELECT 'advance_runners', jsonb_build_object('symbol_id', NEW.symbol_id, 'interval', NEW.interval),
        'advance_runners/' || NEW.symbol_id || '/' || NEW.interval || '/' || NEW.revision
    WHERE EXISTS (
        SELECT FROM paper_runners
        WHERE symbol_id = NEW.symbol_id AND interval = NEW.interval AND status = 'RUNNING')
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

-- Once the series has been checked, so that a runner knows of a split or a wrong tick before it trades on it.
CREATE TRIGGER series_checks_runners_insert AFTER INSERT ON series_checks
    FOR EACH ROW EXECUTE FUNCTION queue_runners();
CREATE TRIGGER series_checks_runners_update AFTER UPDATE ON series_checks
    FOR EACH ROW WHEN (NEW.revision <> OLD.revision) EXECUTE FUNCTION queue_runners();
