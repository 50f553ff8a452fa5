-- For the bars that may fill resting orders, what an account has promised, and what is left of tickers that ended.
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_resting_symbol_idx ON orders (symbol_id) WHERE status = 'PENDING';
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_resting_account_idx ON orders (paper_account_id) WHERE status = 'PENDING';
CREATE INDEX CONCURRENTLY IF NOT EXISTS executions_ledger_idx ON executions (paper_account_id, generation, sequence);
CREATE INDEX CONCURRENTLY IF NOT EXISTS symbols_symbol_idx ON symbols (symbol);
