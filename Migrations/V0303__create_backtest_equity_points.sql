-- Equity after each bar. Many rows a run: instead of a foreign key, which is checked row by row and triples the time of
-- a COPY, one check a statement; and instead of its cascade a trigger on the runs.
CREATE TABLE backtest_equity_points (
    backtest_run_id uuid NOT NULL,
    ts timestamptz NOT NULL CONSTRAINT backtest_equity_points_ts CHECK (isfinite(ts)),
    equity double precision NOT NULL CONSTRAINT backtest_equity_points_equity CHECK (abs(equity) < 'Infinity'),
    PRIMARY KEY (backtest_run_id, ts)
);

CREATE FUNCTION check_equity_points_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named bigint;
    found_runs bigint;
BEGIN
    SELECT count(DISTINCT backtest_run_id) INTO named FROM stored;
    -- The lock a foreign key would take: the run cannot go while its points come.
    PERFORM FROM backtest_runs WHERE id IN (SELECT DISTINCT backtest_run_id FROM stored) FOR KEY SHARE;
    GET DIAGNOSTICS found_runs = ROW_COUNT;
    IF found_runs <> named THEN
        RAISE EXCEPTION 'equity points of a run that does not exist' USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = 'backtest_equity_points_run_fkey', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER backtest_equity_points_run_fkey AFTER INSERT ON backtest_equity_points
    REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION check_equity_points_run();
CREATE TRIGGER backtest_equity_points_never_updated BEFORE UPDATE ON backtest_equity_points
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('backtest_equity_points_never_updated');

CREATE FUNCTION delete_equity_points() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM backtest_equity_points WHERE backtest_run_id IN (SELECT id FROM removed);
    RETURN NULL;
END $$;

CREATE TRIGGER backtest_runs_delete_equity_points AFTER DELETE ON backtest_runs
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION delete_equity_points();

COMMENT ON TABLE backtest_equity_points IS 'Equity after each bar of completed runs';
COMMENT ON COLUMN backtest_equity_points.ts IS 'Start of the bar';
COMMENT ON COLUMN backtest_equity_points.equity IS 'Cash and position at the close, after the bar''s fills';
