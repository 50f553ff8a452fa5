-- A range of a series is read from an index that has the whole bars in it: bars that come hour by hour for all series at once lie
-- on a page of the table each, and in the index beside each other. V0464 to V0466 make them the primary keys.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS equity_daily_bars_covering
    ON equity_daily_bars (symbol_id, date) INCLUDE (open, high, low, close, volume);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS crypto_daily_bars_covering
    ON crypto_daily_bars (symbol_id, date) INCLUDE (open, high, low, close, volume);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS crypto_hourly_bars_covering
    ON crypto_hourly_bars (symbol_id, ts) INCLUDE (open, high, low, close, volume);
