-- Bars and runs of every day that the API can name, 0001-01-01 to 9999-12-31: prices of stocks go back beyond
-- 1970. date_bin counts from the first of these days, because before its origin Postgres 15 puts what begins an hour
-- into the hour before. Rows that are there are looked through later (V0309), so that nobody waits for it now.
ALTER TABLE equity_daily_bars
    DROP CONSTRAINT equity_daily_bars_date,
    ADD CONSTRAINT equity_daily_bars_date CHECK (date BETWEEN '0001-01-01' AND '9999-12-31') NOT VALID;
ALTER TABLE crypto_daily_bars
    DROP CONSTRAINT crypto_daily_bars_date,
    ADD CONSTRAINT crypto_daily_bars_date CHECK (date BETWEEN '0001-01-01' AND '9999-12-31') NOT VALID;
ALTER TABLE crypto_hourly_bars
    DROP CONSTRAINT crypto_hourly_bars_ts,
    ADD CONSTRAINT crypto_hourly_bars_ts CHECK (
        ts >= '0001-01-01 00:00:00+00' AND ts < '10000-01-01 00:00:00+00'
        AND ts = date_bin('1 hour', ts, '0001-01-01 00:00:00+00')
    ) NOT VALID;
ALTER TABLE bar_series
    DROP CONSTRAINT bar_series_grid,
    ADD CONSTRAINT bar_series_grid CHECK (
        first >= '0001-01-01 00:00:00+00' AND last < '10000-01-01 00:00:00+00'
        AND first = date_bin(
            CASE interval WHEN '1d' THEN '1 day'::interval ELSE '1 hour' END, first, '0001-01-01 00:00:00+00')
        AND last = date_bin(
            CASE interval WHEN '1d' THEN '1 day'::interval ELSE '1 hour' END, last, '0001-01-01 00:00:00+00')
    ) NOT VALID;
ALTER TABLE backtest_runs
    DROP CONSTRAINT backtest_runs_range,
    ADD CONSTRAINT backtest_runs_range CHECK (
        start_date >= '0001-01-01' AND end_date <= '9999-12-31' AND start_date <= end_date
    ) NOT VALID;
