-- A bar made of fewer shorter bars than it has room for is only known as such while its file is read; the checks of the series
-- tell of it afterwards.
ALTER TABLE bar_series ADD COLUMN partial timestamptz[] NOT NULL DEFAULT '{}';

COMMENT ON COLUMN bar_series.partial IS 'Starts of bars that were made of fewer shorter ones than they have room for; of an import the first 10,000';
