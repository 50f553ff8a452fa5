-- The figures of a run that do not depend on how many variants were tried; that number is counted when it is read.
-- What does not exist is null and has its reason, never 0, NaN or infinity.
CREATE TABLE backtest_results (
    backtest_run_id uuid PRIMARY KEY REFERENCES backtest_runs (id) ON DELETE CASCADE,
    final_equity double precision NOT NULL,
    total_return_pct double precision,
    max_drawdown_pct double precision,
    win_rate_pct double precision,
    num_trades integer NOT NULL,
    avg_win_pct double precision,
    avg_loss_pct double precision,
    best_trade_pct double precision,
    worst_trade_pct double precision,
    avg_bars_held double precision,
    fills_without_volume integer NOT NULL,
    sharpe_per_bar double precision,
    sharpe_ratio double precision,
    sortino_ratio double precision,
    cagr_pct double precision,
    longest_underwater_days double precision,
    recovered boolean,
    calmar_ratio double precision,
    volatility_pct double precision,
    profit_factor double precision,
    expectancy_pct double precision,
    exposure_pct double precision,
    sqn double precision,
    beta double precision,
    alpha_annual_pct double precision,
    psr double precision,
    psr_excess double precision,
    min_track_record_bars double precision,
    benchmark_return_pct double precision,
    benchmark_max_drawdown_pct double precision,
    excess_return_pct double precision,
    returns_count integer NOT NULL,
    returns_mean double precision,
    returns_sd double precision,
    skewness double precision,
    kurtosis double precision,
    null_reasons jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT backtest_results_null_reasons CHECK (jsonb_typeof(null_reasons) = 'object'),
    notices jsonb NOT NULL DEFAULT '[]' CONSTRAINT backtest_results_notices CHECK (jsonb_typeof(notices) = 'array'),
    tick_exponent smallint CONSTRAINT backtest_results_tick_exponent CHECK (tick_exponent BETWEEN 0 AND 12),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- NaN counts as greater than infinity in Postgres: this refuses both. Nulls pass.
    CONSTRAINT backtest_results_finite CHECK (
        'Infinity' > ALL (ARRAY[
            abs(final_equity), abs(total_return_pct), abs(max_drawdown_pct), abs(win_rate_pct),
            abs(avg_win_pct), abs(avg_loss_pct), abs(best_trade_pct), abs(worst_trade_pct),
            abs(avg_bars_held), abs(sharpe_per_bar), abs(sharpe_ratio), abs(sortino_ratio), abs(cagr_pct),
            abs(longest_underwater_days), abs(calmar_ratio), abs(volatility_pct), abs(profit_factor),
            abs(expectancy_pct), abs(exposure_pct), abs(sqn), abs(beta), abs(alpha_annual_pct), abs(psr),
            abs(psr_excess), abs(min_track_record_bars), abs(benchmark_return_pct),
            abs(benchmark_max_drawdown_pct), abs(excess_return_pct), abs(returns_mean), abs(returns_sd),
            abs(skewness), abs(kurtosis)
        ])
    ),
    CONSTRAINT backtest_results_not_negative CHECK (
        0 <= ALL (ARRAY[
            max_drawdown_pct, avg_bars_held, longest_underwater_days, volatility_pct, profit_factor,
            min_track_record_bars, benchmark_max_drawdown_pct, returns_sd, kurtosis, num_trades,
            fills_without_volume, returns_count
        ])
    ),
    CONSTRAINT backtest_results_percentages CHECK (win_rate_pct BETWEEN 0 AND 100 AND exposure_pct BETWEEN 0 AND 100),
    CONSTRAINT backtest_results_probabilities CHECK (psr BETWEEN 0 AND 1 AND psr_excess BETWEEN 0 AND 1),
    CONSTRAINT backtest_results_losses CHECK (avg_loss_pct <= 0),
    CONSTRAINT backtest_results_wins CHECK (avg_win_pct >= 0),
    CONSTRAINT backtest_results_no_trades CHECK (
        CASE WHEN num_trades = 0
            THEN num_nulls(win_rate_pct, avg_win_pct, avg_loss_pct, best_trade_pct, worst_trade_pct, avg_bars_held,
                profit_factor, expectancy_pct, sqn) = 9
            ELSE num_nulls(win_rate_pct, best_trade_pct, worst_trade_pct, avg_bars_held, expectancy_pct) = 0
        END
    ),
    CONSTRAINT backtest_results_no_returns CHECK (returns_count >= 2 OR (returns_sd IS NULL AND sharpe_per_bar IS NULL))
);

CREATE TRIGGER backtest_results_never_updated BEFORE UPDATE ON backtest_results
    FOR EACH ROW EXECUTE FUNCTION refuse_change('backtest_results_never_updated');

COMMENT ON TABLE backtest_results IS 'Figures of completed runs';
COMMENT ON COLUMN backtest_results.final_equity IS 'Equity after the last bar';
COMMENT ON COLUMN backtest_results.total_return_pct IS '(final / initial equity - 1) * 100';
COMMENT ON COLUMN backtest_results.max_drawdown_pct IS 'Deepest fall from a peak, a positive percentage';
COMMENT ON COLUMN backtest_results.win_rate_pct IS 'Trades with a profit, percent; null without trades';
COMMENT ON COLUMN backtest_results.num_trades IS 'Closed trades';
COMMENT ON COLUMN backtest_results.avg_win_pct IS 'Mean pnl_pct of trades with a profit';
COMMENT ON COLUMN backtest_results.avg_loss_pct IS 'Mean pnl_pct of trades with a loss, a negative number';
COMMENT ON COLUMN backtest_results.best_trade_pct IS 'Highest pnl_pct of a trade';
COMMENT ON COLUMN backtest_results.worst_trade_pct IS 'Lowest pnl_pct of a trade';
COMMENT ON COLUMN backtest_results.avg_bars_held IS 'Mean bars_held of the trades';
COMMENT ON COLUMN backtest_results.fills_without_volume IS 'Fills on bars in which nothing was traded';
COMMENT ON COLUMN backtest_results.sharpe_per_bar IS 'Mean over standard deviation of the returns';
COMMENT ON COLUMN backtest_results.sharpe_ratio IS 'sharpe_per_bar annualised';
COMMENT ON COLUMN backtest_results.sortino_ratio IS 'Mean return over downside deviation, annualised';
COMMENT ON COLUMN backtest_results.cagr_pct IS 'Compound growth a year, percent; null under 90 days';
COMMENT ON COLUMN backtest_results.longest_underwater_days IS 'Longest span from a peak to its recovery, or to the end, in calendar days';
COMMENT ON COLUMN backtest_results.recovered IS 'False: the longest span was still open at the end';
COMMENT ON COLUMN backtest_results.calmar_ratio IS 'cagr_pct over max_drawdown_pct';
COMMENT ON COLUMN backtest_results.volatility_pct IS 'Standard deviation of the returns, annualised, percent';
COMMENT ON COLUMN backtest_results.profit_factor IS 'Sum of wins over sum of losses';
COMMENT ON COLUMN backtest_results.expectancy_pct IS 'Mean pnl_pct of the trades';
COMMENT ON COLUMN backtest_results.exposure_pct IS 'Bars that end with a position, percent';
COMMENT ON COLUMN backtest_results.sqn IS 'System quality number; null without a stop';
COMMENT ON COLUMN backtest_results.beta IS 'Slope of the returns on the benchmark''s';
COMMENT ON COLUMN backtest_results.alpha_annual_pct IS 'What beta does not explain, annualised, percent';
COMMENT ON COLUMN backtest_results.psr IS 'Probability that the true Sharpe ratio is above 0';
COMMENT ON COLUMN backtest_results.psr_excess IS 'The same for what is left after the market';
COMMENT ON COLUMN backtest_results.min_track_record_bars IS 'Bars needed to say so at 95 %';
COMMENT ON COLUMN backtest_results.benchmark_return_pct IS 'Buy and hold over the same window, percent';
COMMENT ON COLUMN backtest_results.benchmark_max_drawdown_pct IS 'Deepest fall of buy and hold, a positive percentage';
COMMENT ON COLUMN backtest_results.excess_return_pct IS 'total_return_pct less benchmark_return_pct, percentage points';
COMMENT ON COLUMN backtest_results.returns_count IS 'T: returns from one bar''s equity to the next';
COMMENT ON COLUMN backtest_results.returns_mean IS 'Mean return a bar';
COMMENT ON COLUMN backtest_results.returns_sd IS 'Standard deviation of the returns, divisor T-1';
COMMENT ON COLUMN backtest_results.skewness IS 'g3 of the returns, population moments';
COMMENT ON COLUMN backtest_results.kurtosis IS 'g4 of the returns, raw: 3 for a normal distribution';
COMMENT ON COLUMN backtest_results.null_reasons IS 'Why a figure is null, by its name: ZERO_VARIANCE, NO_LOSSES, NO_TRADES, NO_STOP, SAMPLE_TOO_SHORT';
COMMENT ON COLUMN backtest_results.notices IS 'What a reader must know of this run, codes in order';
COMMENT ON COLUMN backtest_results.tick_exponent IS 'The k of exact averages; null: the series has none';
