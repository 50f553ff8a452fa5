-- The durable queue. The table is the truth; a socket or NOTIFY is only the doorbell. All times of leases come from
-- the database's clock_timestamp(), so the clocks of hosts do not matter.
CREATE TABLE jobs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    job_type text NOT NULL CONSTRAINT jobs_job_type CHECK (job_type ~ '^[a-z][a-z0-9_]{0,63}$'),
    user_id uuid REFERENCES users (id),
    payload_json jsonb NOT NULL DEFAULT '{}' CONSTRAINT jobs_payload_json CHECK (jsonb_typeof(payload_json) = 'object'),
    status text NOT NULL DEFAULT 'pending'
        CONSTRAINT jobs_status CHECK (status IN ('pending', 'running', 'completed', 'failed', 'timed_out', 'cancelled')),
    progress double precision NOT NULL DEFAULT 0 CONSTRAINT jobs_progress CHECK (progress >= 0 AND progress <= 1),
    attempts smallint NOT NULL DEFAULT 0 CONSTRAINT jobs_attempts CHECK (attempts BETWEEN 0 AND 3),
    run_after timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease_until timestamptz,
    worker text CONSTRAINT jobs_worker CHECK (length(worker) BETWEEN 1 AND 255),
    cancel_requested boolean NOT NULL DEFAULT false,
    dedupe_key text CONSTRAINT jobs_dedupe_key CHECK (length(dedupe_key) BETWEEN 1 AND 255),
    error_code text CONSTRAINT jobs_error_code CHECK (error_code ~ '^[A-Z][A-Z0-9_]{0,63}$'),
    error_message text,
    request_id text CONSTRAINT jobs_request_id CHECK (request_id ~ '^[A-Za-z0-9._-]{1,64}$'),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT jobs_state CHECK (
        CASE status
            WHEN 'pending' THEN worker IS NULL AND lease_until IS NULL AND finished_at IS NULL AND attempts < 3
            WHEN 'running' THEN worker IS NOT NULL AND lease_until IS NOT NULL AND started_at IS NOT NULL
                AND finished_at IS NULL AND attempts > 0
            ELSE lease_until IS NULL AND finished_at IS NOT NULL
        END
    ),
    CONSTRAINT jobs_outcome CHECK (
        CASE status
            WHEN 'completed' THEN error_code IS NULL AND progress = 1 AND attempts > 0
            WHEN 'failed' THEN error_code IS NOT NULL
            WHEN 'timed_out' THEN error_code IS NOT NULL
            ELSE true
        END
    )
);

CREATE UNIQUE INDEX jobs_active_dedupe_key ON jobs (dedupe_key) WHERE status IN ('pending', 'running');
CREATE INDEX jobs_pending_idx ON jobs (job_type, run_after, created_at, id) WHERE status = 'pending';
CREATE INDEX jobs_running_idx ON jobs (lease_until) WHERE status = 'running';
CREATE INDEX jobs_user_idx ON jobs (user_id, created_at DESC, id);
CREATE INDEX jobs_finished_idx ON jobs (finished_at) WHERE finished_at IS NOT NULL;

CREATE TRIGGER jobs_identity_is_final BEFORE UPDATE ON jobs FOR EACH ROW
    WHEN (
        (OLD.id, OLD.job_type, OLD.user_id, OLD.dedupe_key, OLD.created_at)
        IS DISTINCT FROM (NEW.id, NEW.job_type, NEW.user_id, NEW.dedupe_key, NEW.created_at)
    )
    EXECUTE FUNCTION refuse_change('jobs_identity_is_final');
-- What is over stays as it ended; only the words in it may still be blanked.
CREATE TRIGGER jobs_end_is_final BEFORE UPDATE ON jobs FOR EACH ROW
    WHEN (
        OLD.status NOT IN ('pending', 'running')
        AND (OLD.status, OLD.progress, OLD.attempts, OLD.worker, OLD.error_code, OLD.started_at, OLD.finished_at)
            IS DISTINCT FROM (NEW.status, NEW.progress, NEW.attempts, NEW.worker, NEW.error_code, NEW.started_at, NEW.finished_at)
    )
    EXECUTE FUNCTION refuse_change('jobs_end_is_final');
CREATE TRIGGER jobs_unfinished_stay BEFORE DELETE ON jobs FOR EACH ROW
    WHEN (OLD.status IN ('pending', 'running')) EXECUTE FUNCTION refuse_change('jobs_unfinished_stay');

COMMENT ON TABLE jobs IS 'Work for daemons, waiting, under way or done';
COMMENT ON COLUMN jobs.user_id IS 'Who asked for it; null: the system';
COMMENT ON COLUMN jobs.payload_json IS 'What to do, and for imports how far it got';
COMMENT ON COLUMN jobs.progress IS 'Done part, 0 to 1';
COMMENT ON COLUMN jobs.attempts IS 'How many times it was leased; 3 at most';
COMMENT ON COLUMN jobs.run_after IS 'Not leased before';
COMMENT ON COLUMN jobs.lease_until IS 'Running only: from then on anybody may take it';
COMMENT ON COLUMN jobs.worker IS 'Who has it, or had it last: NAME/pid/random';
COMMENT ON COLUMN jobs.cancel_requested IS 'Somebody wants it to stop; its worker looks at this';
COMMENT ON COLUMN jobs.dedupe_key IS 'Unique among unfinished jobs; null: need not be';
COMMENT ON COLUMN jobs.error_code IS 'Stable code of the failure';
COMMENT ON COLUMN jobs.request_id IS 'The HTTP request that asked for it';
COMMENT ON COLUMN jobs.started_at IS 'When it was first leased';
