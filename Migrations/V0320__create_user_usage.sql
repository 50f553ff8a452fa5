-- What a user has stored, counted as it comes and goes: a quota is then one row to look at, and the lock on that row
-- makes two orders at once wait for each other, so that both together stay within it.
CREATE TABLE user_usage (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    runs bigint NOT NULL CONSTRAINT user_usage_runs CHECK (runs >= 0),
    equity_points bigint NOT NULL CONSTRAINT user_usage_equity_points CHECK (equity_points >= 0)
) WITH (fillfactor = 50);

-- Known when a run is ordered, so that what is waiting is within the quota too.
ALTER TABLE backtest_runs ADD COLUMN equity_points integer NOT NULL DEFAULT 0
    CONSTRAINT backtest_runs_equity_points CHECK (equity_points >= 0);

-- Runs that are over already get the number of their points, which else nobody may change.
ALTER TABLE backtest_runs DISABLE TRIGGER backtest_runs_end_is_final;
UPDATE backtest_runs r SET equity_points = b.returns_count + 1 FROM backtest_results b WHERE b.backtest_run_id = r.id;
ALTER TABLE backtest_runs ENABLE TRIGGER backtest_runs_end_is_final;
INSERT INTO user_usage (user_id, runs, equity_points)
    SELECT user_id, count(*), sum(equity_points) FROM backtest_runs GROUP BY user_id;

CREATE FUNCTION count_backtest_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO user_usage AS u (user_id, runs, equity_points) VALUES (NEW.user_id, 1, NEW.equity_points)
        ON CONFLICT (user_id) DO UPDATE SET runs = u.runs + 1, equity_points = u.equity_points + NEW.equity_points;
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE user_usage SET equity_points = equity_points - OLD.equity_points WHERE user_id = OLD.user_id;
    ELSE
        UPDATE user_usage SET runs = runs - 1, equity_points = equity_points
            - CASE WHEN OLD.status IN ('failed', 'timed_out', 'cancelled') THEN 0 ELSE OLD.equity_points END
        WHERE user_id = OLD.user_id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER backtest_runs_count_added AFTER INSERT ON backtest_runs FOR EACH ROW
    EXECUTE FUNCTION count_backtest_run();
-- A run that ends without a result leaves no points.
CREATE TRIGGER backtest_runs_count_without_result AFTER UPDATE OF status ON backtest_runs FOR EACH ROW
    WHEN (OLD.status IN ('pending', 'running') AND NEW.status IN ('failed', 'timed_out', 'cancelled'))
    EXECUTE FUNCTION count_backtest_run();
CREATE TRIGGER backtest_runs_count_removed AFTER DELETE ON backtest_runs FOR EACH ROW
    EXECUTE FUNCTION count_backtest_run();

COMMENT ON TABLE user_usage IS 'What counts towards a user''s quotas; kept by triggers';
COMMENT ON COLUMN user_usage.runs IS 'Rows in backtest_runs';
COMMENT ON COLUMN user_usage.equity_points IS 'Points of their equity curves, those of unfinished runs included';
COMMENT ON COLUMN backtest_runs.equity_points IS 'Points of the equity curve: bars in the range when the run was ordered';
