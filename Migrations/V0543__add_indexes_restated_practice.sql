-- Whoever restates a series looks for the practice that holds its symbol, and for what rests there.
CREATE INDEX CONCURRENTLY IF NOT EXISTS replay_holdings_symbol_idx ON replay_holdings (symbol_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS replay_orders_pending_idx ON replay_orders (replay_id) WHERE status = 'PENDING';
