-- Lists of an account with very many orders, page by page: orders of one of its lives, what has become of orders, and those
-- that waited; and the sums of its fills, without a look at the rows.
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_life_idx ON orders (paper_account_id, generation, requested_at DESC, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_ended_idx
    ON orders (paper_account_id, (coalesce(ended_at, filled_at, requested_at)) DESC) WHERE status <> 'PENDING';
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_waited_idx ON orders (paper_account_id, requested_at DESC)
    WHERE order_type <> 'MARKET' AND status <> 'REJECTED';
CREATE INDEX CONCURRENTLY IF NOT EXISTS executions_sums_idx
    ON executions (paper_account_id, generation, sequence) INCLUDE (realized_pnl, fee);
