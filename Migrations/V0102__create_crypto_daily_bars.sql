-- One row a UTC day of a pair. NaN counts as greater than infinity in Postgres, so "< Infinity" refuses both.
CREATE TABLE crypto_daily_bars (
    symbol_id integer NOT NULL REFERENCES symbols (id),
    date date NOT NULL CONSTRAINT crypto_daily_bars_date CHECK (date BETWEEN '1970-01-01' AND '9999-12-31'),
    open double precision NOT NULL,
    high double precision NOT NULL,
    low double precision NOT NULL,
    close double precision NOT NULL,
    volume double precision NOT NULL CONSTRAINT crypto_daily_bars_volume CHECK (volume >= 0 AND volume < 'Infinity'),
    provider text NOT NULL CONSTRAINT crypto_daily_bars_provider CHECK (length(provider) BETWEEN 1 AND 64),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (symbol_id, date),
    CONSTRAINT crypto_daily_bars_prices CHECK (
        open > 0 AND high > 0 AND low > 0 AND close > 0
        AND open < 'Infinity' AND high < 'Infinity' AND low < 'Infinity' AND close < 'Infinity'
    ),
    CONSTRAINT crypto_daily_bars_order CHECK (low <= least(open, close) AND high >= greatest(open, close))
);

CREATE TRIGGER crypto_daily_bars_symbol_kind AFTER INSERT ON crypto_daily_bars
    REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION check_bar_symbols('CRYPTO');
CREATE TRIGGER crypto_daily_bars_symbol_kind_update AFTER UPDATE ON crypto_daily_bars
    REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION check_bar_symbols('CRYPTO');

COMMENT ON TABLE crypto_daily_bars IS 'Daily bars of crypto pairs';
COMMENT ON COLUMN crypto_daily_bars.date IS 'The day from 00:00 to 24:00 UTC';
COMMENT ON COLUMN crypto_daily_bars.open IS 'First price, in the symbol''s currency, as adjusted as bar_series says';
COMMENT ON COLUMN crypto_daily_bars.high IS 'Highest price';
COMMENT ON COLUMN crypto_daily_bars.low IS 'Lowest price';
COMMENT ON COLUMN crypto_daily_bars.close IS 'Last price';
COMMENT ON COLUMN crypto_daily_bars.volume IS 'Base asset traded';
COMMENT ON COLUMN crypto_daily_bars.provider IS 'Where the bar came from';
COMMENT ON COLUMN crypto_daily_bars.created_at IS 'When these values were stored';
