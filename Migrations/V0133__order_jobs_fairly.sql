-- Jobs are taken in turns, so that nobody waits for all of somebody else's jobs: a user's next job comes one turn after
-- their last unfinished one, and never before the turn that the queue is at (start-time fair queuing). Within a turn the
-- oldest is first. Every insert takes its turn here, those of the release before this one too.
ALTER TABLE jobs
    ADD COLUMN turn bigint NOT NULL DEFAULT 0,
    -- Attempts are given back when it was not the job that ended them, so they cannot tell one lease from the next.
    ADD COLUMN fence integer NOT NULL DEFAULT 0 CONSTRAINT jobs_fence CHECK (fence >= 0),
    ADD COLUMN result_json json CONSTRAINT jobs_result_json CHECK (json_typeof(result_json) = 'object'),
    ADD CONSTRAINT jobs_result CHECK (result_json IS NULL OR status = 'completed');

CREATE FUNCTION jobs_take_turn() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own bigint;
    head bigint;
BEGIN
    -- "turn" in ASCII. One insert of a user at a time, or two would take the same turn.
    PERFORM pg_advisory_xact_lock(x'7475726e'::integer, hashtext(NEW.job_type || '/' || coalesce(NEW.user_id::text, '')));
    IF NEW.user_id IS NULL THEN
        SELECT max(turn) INTO own FROM jobs
        WHERE job_type = NEW.job_type AND user_id IS NULL AND status IN ('pending', 'running');
    ELSE
        SELECT max(turn) INTO own FROM jobs
        WHERE job_type = NEW.job_type AND user_id = NEW.user_id AND status IN ('pending', 'running');
    END IF;
    -- A job that waits for its time does not hold the others' turns back.
    SELECT turn INTO head FROM jobs
    WHERE job_type = NEW.job_type AND status = 'pending' AND run_after <= clock_timestamp()
    ORDER BY turn LIMIT 1;
    IF head IS NULL THEN
        SELECT max(turn) INTO head FROM jobs WHERE job_type = NEW.job_type AND status = 'running';
    END IF;
    NEW.turn := greatest(own + 1, head, 0);
    RETURN NEW;
END $$;

CREATE TRIGGER jobs_take_turn BEFORE INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION jobs_take_turn();

COMMENT ON COLUMN jobs.turn IS 'Waiting jobs are taken in this order, then the oldest first; see jobs_take_turn';
COMMENT ON COLUMN jobs.fence IS 'How many times it was leased, whatever became of it: tells one lease from the next';
COMMENT ON COLUMN jobs.attempts IS 'Leases that ended their worker, the present one included; 3 at most';
COMMENT ON COLUMN jobs.result_json IS 'What came out, where the job has no table of its own for it; kept as written';
