-- What V0307 allows holds of every row already, because it was narrower before. Looked through in a transaction of its
-- own, and while others read and write: a table of bars may be large.
ALTER TABLE equity_daily_bars VALIDATE CONSTRAINT equity_daily_bars_date;
ALTER TABLE crypto_daily_bars VALIDATE CONSTRAINT crypto_daily_bars_date;
ALTER TABLE crypto_hourly_bars VALIDATE CONSTRAINT crypto_hourly_bars_ts;
ALTER TABLE bar_series VALIDATE CONSTRAINT bar_series_grid;
ALTER TABLE backtest_runs VALIDATE CONSTRAINT backtest_runs_range;
