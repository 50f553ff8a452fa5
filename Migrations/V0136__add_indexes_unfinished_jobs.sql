-- How many a user has is counted with every order (quota), and finished jobs are kept for a month.
CREATE INDEX CONCURRENTLY IF NOT EXISTS jobs_user_unfinished_idx ON jobs (user_id) WHERE status IN ('pending', 'running');
