-- As V0311, with what is left after the market.
CREATE INDEX CONCURRENTLY IF NOT EXISTS trials_ledger_excess_idx ON trials (owner_id) INCLUDE (
    lineage_id, definition_hash, settings_hash, symbol_id, timeframe, window_start, window_end, returns_mean, returns_sd,
    excess_mean, excess_sd
);
