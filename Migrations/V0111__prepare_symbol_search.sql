-- The search looks into tickers and names at once, for whole words and for parts of them. What it looks into is kept, so that
-- an index can be made of it (V0112__add_indexes_symbols_search.sql). Capitals are Unicode's, as those of what is looked for,
-- whatever the locale of the database.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

ALTER TABLE symbols
    ADD COLUMN search text GENERATED ALWAYS AS (symbol || ' ' || upper(name COLLATE "und-x-icu")) STORED;

COMMENT ON COLUMN symbols.search IS 'Ticker and name in capitals, as the search compares them';
