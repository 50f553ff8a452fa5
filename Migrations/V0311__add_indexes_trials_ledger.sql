-- N is counted whenever a result is read: everything that takes, of an owner's whole ledger, without the wide rows.
CREATE INDEX CONCURRENTLY IF NOT EXISTS trials_ledger_idx ON trials (owner_id) INCLUDE (
    lineage_id, definition_hash, settings_hash, symbol_id, timeframe, window_start, window_end, returns_mean, returns_sd
);
