-- The doorbell of jobs that nobody waits for at a socket: a worker, on whichever host, looks at once and not within a second
-- (Sources/Jobs/NameKeeper.swift). Not of those of a user: backtestd's socket is the doorbell of most, and commits that tell
-- something wait for each other.
CREATE FUNCTION ring_for_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('jobs', NEW.job_type);
    RETURN NULL;
END $$;

CREATE TRIGGER jobs_ring AFTER INSERT ON jobs
    FOR EACH ROW WHEN (NEW.user_id IS NULL AND NEW.run_after <= clock_timestamp()) EXECUTE FUNCTION ring_for_job();
