-- An order is filled once, all of it.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS executions_order_key ON executions (order_id);
