-- What bars were before their source corrected them: a result that was made of the old ones can be understood. Kept for a while
-- (Sources/App/Operations/Retention.swift); what is put in the place of a whole series is another series and no correction.
CREATE TABLE replaced_bars (
    symbol_id integer NOT NULL REFERENCES symbols (id),
    interval text NOT NULL CONSTRAINT replaced_bars_interval CHECK (interval IN ('1d', '1h')),
    start timestamptz NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT now(),
    open double precision NOT NULL,
    high double precision NOT NULL,
    low double precision NOT NULL,
    close double precision NOT NULL,
    volume double precision NOT NULL CONSTRAINT replaced_bars_volume CHECK (volume >= 0 AND volume < 'Infinity'),
    provider text NOT NULL,
    stored_at timestamptz NOT NULL,
    PRIMARY KEY (symbol_id, interval, start, replaced_at),
    CONSTRAINT replaced_bars_prices CHECK (
        open > 0 AND high > 0 AND low > 0 AND close > 0
        AND open < 'Infinity' AND high < 'Infinity' AND low < 'Infinity' AND close < 'Infinity'
    )
);
CREATE INDEX replaced_bars_replaced_at ON replaced_bars (replaced_at);

COMMENT ON TABLE replaced_bars IS 'What bars were before they were corrected';
COMMENT ON COLUMN replaced_bars.start IS 'Of the bar';
COMMENT ON COLUMN replaced_bars.open IS 'As it was; so are the other four and provider';
COMMENT ON COLUMN replaced_bars.stored_at IS 'When the old values had been stored';
