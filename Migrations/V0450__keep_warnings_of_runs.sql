-- What the checks of a series said against the bars of a run when it ended. It stays with the run when the bars are
-- corrected later: the result was made of those that it saw.
ALTER TABLE backtest_runs
    ADD COLUMN warnings jsonb,
    ADD CONSTRAINT backtest_runs_warnings CHECK (
        warnings IS NULL
        OR status = 'completed'
        AND coalesce(jsonb_typeof(warnings -> 'listed') = 'array' AND jsonb_typeof(warnings -> 'omitted') = 'number', false)
    ) NOT VALID;

COMMENT ON COLUMN backtest_runs.warnings IS 'Findings about its bars, the worst listed and the others counted; null: they were not checked as it saw them';
