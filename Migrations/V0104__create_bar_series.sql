-- One row a stored series. An import bumps the revision in its own transaction; ETags, caches and runs hang on it.
CREATE TABLE bar_series (
    symbol_id integer NOT NULL REFERENCES symbols (id),
    interval text NOT NULL CONSTRAINT bar_series_interval CHECK (interval IN ('1d', '1h')),
    first timestamptz,
    last timestamptz,
    count bigint NOT NULL DEFAULT 0 CONSTRAINT bar_series_count CHECK (count >= 0),
    revision bigint NOT NULL DEFAULT 1 CONSTRAINT bar_series_revision CHECK (revision >= 1),
    provider text NOT NULL CONSTRAINT bar_series_provider CHECK (length(provider) BETWEEN 1 AND 64),
    adjustment text NOT NULL DEFAULT 'raw'
        CONSTRAINT bar_series_adjustment CHECK (adjustment IN ('raw', 'split', 'total')),
    price_basis_date date CONSTRAINT bar_series_price_basis_date CHECK (isfinite(price_basis_date)),
    tick_exponent smallint CONSTRAINT bar_series_tick_exponent CHECK (tick_exponent BETWEEN 0 AND 12),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (symbol_id, interval),
    CONSTRAINT bar_series_range CHECK (
        CASE WHEN count = 0 THEN first IS NULL AND last IS NULL
            ELSE first IS NOT NULL AND last IS NOT NULL AND (count = 1) = (first = last) AND first <= last
                AND isfinite(first) AND isfinite(last)
        END
    ),
    CONSTRAINT bar_series_grid CHECK (
        first = date_bin(CASE interval WHEN '1d' THEN '1 day'::interval ELSE '1 hour' END, first, '1970-01-01 00:00:00+00')
        AND last = date_bin(CASE interval WHEN '1d' THEN '1 day'::interval ELSE '1 hour' END, last, '1970-01-01 00:00:00+00')
    )
);

CREATE FUNCTION check_bar_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.interval = '1h' AND (SELECT asset_type FROM symbols WHERE id = NEW.symbol_id) = 'EQUITY' THEN
        RAISE EXCEPTION 'equities have daily bars only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bar_series_symbol_kind', TABLE = TG_TABLE_NAME;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.revision < OLD.revision THEN
        RAISE EXCEPTION 'a revision never goes back'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bar_series_revision_grows', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER bar_series_check BEFORE INSERT OR UPDATE ON bar_series
    FOR EACH ROW EXECUTE FUNCTION check_bar_series();

COMMENT ON TABLE bar_series IS 'What is stored of each symbol at each interval';
COMMENT ON COLUMN bar_series.first IS 'Start of the first stored bar; a day starts at 00:00 UTC';
COMMENT ON COLUMN bar_series.last IS 'Start of the last stored bar';
COMMENT ON COLUMN bar_series.count IS 'Stored bars';
COMMENT ON COLUMN bar_series.revision IS 'Grows with every import that changed anything';
COMMENT ON COLUMN bar_series.provider IS 'Who delivered the latest import';
COMMENT ON COLUMN bar_series.adjustment IS 'For what past prices are adjusted: raw nothing, split splits, total also dividends';
COMMENT ON COLUMN bar_series.price_basis_date IS 'The day as of which prices are adjusted; null for raw or unknown';
COMMENT ON COLUMN bar_series.tick_exponent IS 'Smallest k <= 12 with every price times 10^k a whole number; null: there is none';
