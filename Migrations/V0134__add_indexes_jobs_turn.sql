CREATE INDEX CONCURRENTLY IF NOT EXISTS jobs_turn_idx ON jobs (job_type, turn, created_at, id) WHERE status = 'pending';
