-- Operators see the newest jobs of everybody.
CREATE INDEX CONCURRENTLY IF NOT EXISTS jobs_recent_idx ON jobs (created_at DESC, id);
