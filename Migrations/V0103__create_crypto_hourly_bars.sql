-- One row an hour of a pair. NaN counts as greater than infinity in Postgres, so "< Infinity" refuses both.
CREATE TABLE crypto_hourly_bars (
    symbol_id integer NOT NULL REFERENCES symbols (id),
    ts timestamptz NOT NULL CONSTRAINT crypto_hourly_bars_ts CHECK (
        ts = date_bin('1 hour', ts, '1970-01-01 00:00:00+00')
        AND ts >= '1970-01-01 00:00:00+00' AND ts < '10000-01-01 00:00:00+00'
    ),
    open double precision NOT NULL,
    high double precision NOT NULL,
    low double precision NOT NULL,
    close double precision NOT NULL,
    volume double precision NOT NULL CONSTRAINT crypto_hourly_bars_volume CHECK (volume >= 0 AND volume < 'Infinity'),
    provider text NOT NULL CONSTRAINT crypto_hourly_bars_provider CHECK (length(provider) BETWEEN 1 AND 64),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (symbol_id, ts),
    CONSTRAINT crypto_hourly_bars_prices CHECK (
        open > 0 AND high > 0 AND low > 0 AND close > 0
        AND open < 'Infinity' AND high < 'Infinity' AND low < 'Infinity' AND close < 'Infinity'
    ),
    CONSTRAINT crypto_hourly_bars_order CHECK (low <= least(open, close) AND high >= greatest(open, close))
);

CREATE TRIGGER crypto_hourly_bars_symbol_kind AFTER INSERT ON crypto_hourly_bars
    REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION check_bar_symbols('CRYPTO');
CREATE TRIGGER crypto_hourly_bars_symbol_kind_update AFTER UPDATE ON crypto_hourly_bars
    REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION check_bar_symbols('CRYPTO');

COMMENT ON TABLE crypto_hourly_bars IS 'Hourly bars of crypto pairs';
COMMENT ON COLUMN crypto_hourly_bars.ts IS 'Start of the hour';
COMMENT ON COLUMN crypto_hourly_bars.open IS 'First price, in the symbol''s currency, as adjusted as bar_series says';
COMMENT ON COLUMN crypto_hourly_bars.high IS 'Highest price';
COMMENT ON COLUMN crypto_hourly_bars.low IS 'Lowest price';
COMMENT ON COLUMN crypto_hourly_bars.close IS 'Last price';
COMMENT ON COLUMN crypto_hourly_bars.volume IS 'Base asset traded';
COMMENT ON COLUMN crypto_hourly_bars.provider IS 'Where the bar came from';
COMMENT ON COLUMN crypto_hourly_bars.created_at IS 'When these values were stored';
