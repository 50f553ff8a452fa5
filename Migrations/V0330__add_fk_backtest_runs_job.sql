-- A run outlives its job.
ALTER TABLE backtest_runs ADD CONSTRAINT backtest_runs_job_fkey
    FOREIGN KEY (job_id) REFERENCES jobs (id) ON DELETE SET NULL;
