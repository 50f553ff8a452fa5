-- The index of V0463 in the place of the primary key's; it takes its name. As V0464.
ALTER TABLE crypto_daily_bars
    DROP CONSTRAINT crypto_daily_bars_pkey,
    ADD CONSTRAINT crypto_daily_bars_pkey PRIMARY KEY USING INDEX crypto_daily_bars_covering;
ALTER TABLE crypto_daily_bars SET (autovacuum_vacuum_insert_threshold = 10000, autovacuum_vacuum_insert_scale_factor = 0);
