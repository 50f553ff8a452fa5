-- Looks through what V0450 only holds new rows to.
ALTER TABLE backtest_runs VALIDATE CONSTRAINT backtest_runs_warnings;
