-- One row a session of an equity. NaN counts as greater than infinity in Postgres, so "< Infinity" refuses both.
CREATE TABLE equity_daily_bars (
    symbol_id integer NOT NULL REFERENCES symbols (id),
    date date NOT NULL CONSTRAINT equity_daily_bars_date CHECK (date BETWEEN '1970-01-01' AND '9999-12-31'),
    open double precision NOT NULL,
    high double precision NOT NULL,
    low double precision NOT NULL,
    close double precision NOT NULL,
    volume double precision NOT NULL CONSTRAINT equity_daily_bars_volume CHECK (volume >= 0 AND volume < 'Infinity'),
    provider text NOT NULL CONSTRAINT equity_daily_bars_provider CHECK (length(provider) BETWEEN 1 AND 64),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (symbol_id, date),
    CONSTRAINT equity_daily_bars_prices CHECK (
        open > 0 AND high > 0 AND low > 0 AND close > 0
        AND open < 'Infinity' AND high < 'Infinity' AND low < 'Infinity' AND close < 'Infinity'
    ),
    CONSTRAINT equity_daily_bars_order CHECK (low <= least(open, close) AND high >= greatest(open, close))
);

-- Bars belong under symbols of their own kind. Once a statement, not once a row.
CREATE FUNCTION check_bar_symbols() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT symbol_id FROM stored) AS used JOIN symbols ON symbols.id = used.symbol_id
        WHERE symbols.asset_type <> TG_ARGV[0]
    ) THEN
        RAISE EXCEPTION '% holds bars of % symbols only', TG_TABLE_NAME, TG_ARGV[0]
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_symbol_kind', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER equity_daily_bars_symbol_kind AFTER INSERT ON equity_daily_bars
    REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION check_bar_symbols('EQUITY');
CREATE TRIGGER equity_daily_bars_symbol_kind_update AFTER UPDATE ON equity_daily_bars
    REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION check_bar_symbols('EQUITY');

COMMENT ON TABLE equity_daily_bars IS 'Daily bars of equities';
COMMENT ON COLUMN equity_daily_bars.date IS 'Date of the session at the exchange, never shifted by a time zone';
COMMENT ON COLUMN equity_daily_bars.open IS 'First price, in the symbol''s currency, as adjusted as bar_series says';
COMMENT ON COLUMN equity_daily_bars.high IS 'Highest price';
COMMENT ON COLUMN equity_daily_bars.low IS 'Lowest price';
COMMENT ON COLUMN equity_daily_bars.close IS 'Last price';
COMMENT ON COLUMN equity_daily_bars.volume IS 'Shares traded';
COMMENT ON COLUMN equity_daily_bars.provider IS 'Where the bar came from';
COMMENT ON COLUMN equity_daily_bars.created_at IS 'When these values were stored';
