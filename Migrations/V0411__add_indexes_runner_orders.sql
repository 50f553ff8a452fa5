CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_runner_idx ON orders (runner_id, requested_at) WHERE runner_id IS NOT NULL;
