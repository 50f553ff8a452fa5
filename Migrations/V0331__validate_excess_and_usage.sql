-- What V0306, V0312, V0317 and V0327 ask of rows that were there before them. Looked through in a transaction of its
-- own, and while others read and write.
ALTER TABLE backtest_results
    VALIDATE CONSTRAINT backtest_results_excess_count,
    VALIDATE CONSTRAINT backtest_results_excess_mean,
    VALIDATE CONSTRAINT backtest_results_excess_sd,
    VALIDATE CONSTRAINT backtest_results_excess_skewness,
    VALIDATE CONSTRAINT backtest_results_excess_kurtosis;
ALTER TABLE trials
    VALIDATE CONSTRAINT trials_excess_count,
    VALIDATE CONSTRAINT trials_excess_mean,
    VALIDATE CONSTRAINT trials_excess_sd,
    VALIDATE CONSTRAINT trials_window;
ALTER TABLE user_usage
    VALIDATE CONSTRAINT user_usage_strategies,
    VALIDATE CONSTRAINT user_usage_strategy_versions,
    VALIDATE CONSTRAINT user_usage_strategy_bytes;
