-- The points of a statement are nearly always those of one run: one look at the run and one pass over the points, instead
-- of sorting them all to find out how many runs they name.
CREATE OR REPLACE FUNCTION check_equity_points_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one uuid;
    named bigint := 1;
    found_runs bigint;
BEGIN
    SELECT backtest_run_id INTO one FROM stored LIMIT 1;
    IF one IS NULL THEN
        RETURN NULL;
    END IF;
    -- The lock a foreign key would take: the run cannot go while its points come.
    PERFORM FROM backtest_runs WHERE id = one FOR KEY SHARE;
    GET DIAGNOSTICS found_runs = ROW_COUNT;
    IF EXISTS (SELECT FROM stored WHERE backtest_run_id <> one) THEN
        SELECT count(DISTINCT backtest_run_id) INTO named FROM stored;
        PERFORM FROM backtest_runs WHERE id IN (SELECT DISTINCT backtest_run_id FROM stored) FOR KEY SHARE;
        GET DIAGNOSTICS found_runs = ROW_COUNT;
    END IF;
    IF found_runs <> named THEN
        RAISE EXCEPTION 'equity points of a run that does not exist' USING
            ERRCODE = 'foreign_key_violation', CONSTRAINT = 'backtest_equity_points_run_fkey', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
