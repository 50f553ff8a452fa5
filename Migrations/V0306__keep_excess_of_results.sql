-- What is left of a run's returns after the market, so that it can be deflated like the returns themselves. Results from
-- before have nulls until the maintenance has computed them from their curves; that is the only change a result takes.
ALTER TABLE backtest_results
    ADD COLUMN excess_count integer,
    ADD COLUMN excess_mean double precision,
    ADD COLUMN excess_sd double precision,
    ADD COLUMN excess_skewness double precision,
    ADD COLUMN excess_kurtosis double precision,
    ADD CONSTRAINT backtest_results_excess_count CHECK (excess_count >= 0) NOT VALID,
    ADD CONSTRAINT backtest_results_excess_mean CHECK (abs(excess_mean) < 'Infinity') NOT VALID,
    ADD CONSTRAINT backtest_results_excess_sd CHECK (excess_sd >= 0 AND excess_sd < 'Infinity') NOT VALID,
    ADD CONSTRAINT backtest_results_excess_skewness CHECK (abs(excess_skewness) < 'Infinity') NOT VALID,
    ADD CONSTRAINT backtest_results_excess_kurtosis CHECK (excess_kurtosis >= 0 AND excess_kurtosis < 'Infinity') NOT VALID;

DROP TRIGGER backtest_results_never_updated ON backtest_results;
CREATE TRIGGER backtest_results_never_updated BEFORE UPDATE ON backtest_results FOR EACH ROW
    WHEN (
        OLD.excess_count IS NOT NULL
        OR to_jsonb(NEW) - 'excess_count' - 'excess_mean' - 'excess_sd' - 'excess_skewness' - 'excess_kurtosis'
            IS DISTINCT FROM
            to_jsonb(OLD) - 'excess_count' - 'excess_mean' - 'excess_sd' - 'excess_skewness' - 'excess_kurtosis'
    )
    EXECUTE FUNCTION refuse_change('backtest_results_never_updated');

COMMENT ON COLUMN backtest_results.excess_count IS 'Returns that have one of the market beside them; 0: there is nothing to tell; null: not computed yet';
COMMENT ON COLUMN backtest_results.excess_mean IS 'Mean of r - beta * b, a bar';
COMMENT ON COLUMN backtest_results.excess_sd IS 'Its standard deviation, divisor T-1';
COMMENT ON COLUMN backtest_results.excess_skewness IS 'Its g3, population moments';
COMMENT ON COLUMN backtest_results.excess_kurtosis IS 'Its g4, raw: 3 for a normal distribution';
