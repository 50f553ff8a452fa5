-- Tickers by their beginning, whatever the collation of the database, and parts of tickers and names.
CREATE INDEX CONCURRENTLY IF NOT EXISTS symbols_active_prefix ON symbols (symbol text_pattern_ops) WHERE is_active;
CREATE INDEX CONCURRENTLY IF NOT EXISTS symbols_active_search ON symbols USING gin (search gin_trgm_ops) WHERE is_active;
