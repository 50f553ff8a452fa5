-- Trials are never deleted, and what a result is measured against is made of all of its owner's: how many there may be is a
-- quota, too. Deleted accounts have none any more, and nobody looks at their count.
ALTER TABLE user_usage
    ADD COLUMN trials bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT user_usage_trials CHECK (trials >= 0) NOT VALID;

-- Nobody may add one between the count and the trigger.
LOCK TABLE trials IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO user_usage AS u (user_id, runs, equity_points, trials)
    SELECT owner_id, 0, 0, count(*) FROM trials WHERE owner_id IS NOT NULL GROUP BY owner_id
ON CONFLICT (user_id) DO UPDATE SET trials = excluded.trials;

CREATE FUNCTION count_trials() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO user_usage AS u (user_id, runs, equity_points, trials)
        SELECT owner_id, 0, 0, count(*) FROM added WHERE owner_id IS NOT NULL GROUP BY owner_id
    ON CONFLICT (user_id) DO UPDATE SET trials = u.trials + excluded.trials;
    RETURN NULL;
END $$;

CREATE TRIGGER trials_count AFTER INSERT ON trials REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION count_trials();

COMMENT ON COLUMN user_usage.trials IS 'Rows in trials';
