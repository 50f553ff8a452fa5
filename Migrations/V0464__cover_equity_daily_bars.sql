-- The index of V0463 in the place of the primary key's, whose name it takes. One table a file: each lock is held for a moment,
-- and by itself.
ALTER TABLE equity_daily_bars
    DROP CONSTRAINT equity_daily_bars_pkey,
    ADD CONSTRAINT equity_daily_bars_pkey PRIMARY KEY USING INDEX equity_daily_bars_covering;
-- The index alone answers for bars whose pages a vacuum has seen since they were written. One comes after so many new bars,
-- however many there are already, and looks at new pages only.
ALTER TABLE equity_daily_bars SET (autovacuum_vacuum_insert_threshold = 10000, autovacuum_vacuum_insert_scale_factor = 0);
