-- Days on which an exchange stayed closed that nobody could foresee. Those up to 2025 are in the program; what comes later
-- is a row, and no release: INSERT INTO market_closures (date, reason) VALUES ('2031-03-05', 'Day of mourning').
CREATE TABLE market_closures (
    market text NOT NULL DEFAULT 'XNYS' CONSTRAINT market_closures_market CHECK (market IN ('XNYS')),
    date date NOT NULL CONSTRAINT market_closures_date CHECK (date BETWEEN '1990-01-01' AND '9999-12-31'),
    reason text NOT NULL CONSTRAINT market_closures_reason CHECK (length(reason) BETWEEN 1 AND 255),
    PRIMARY KEY (market, date)
);

COMMENT ON TABLE market_closures IS 'Days on which an exchange stayed closed, besides its rules';
COMMENT ON COLUMN market_closures.market IS 'ISO 10383 code of the exchange; XNYS stands for all of New York';
