-- A lease that ended with its worker's session is forgiven only so often: something in the job may be what takes the database
-- down. Counted by itself, because fence also counts the leases that a stop of the worker or a full disk has ended, which say
-- nothing of the job.
ALTER TABLE jobs
    ADD COLUMN interruptions integer NOT NULL DEFAULT 0
    CONSTRAINT jobs_interruptions CHECK (interruptions >= 0);

COMMENT ON COLUMN jobs.interruptions IS 'Leases that were forgiven although the session was lost in them';
