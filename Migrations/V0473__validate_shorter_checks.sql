-- Looks through what V0470 to V0472 only hold new rows to.
ALTER TABLE orders
    VALIDATE CONSTRAINT orders_status,
    VALIDATE CONSTRAINT orders_quantity,
    VALIDATE CONSTRAINT orders_order_type,
    VALIDATE CONSTRAINT orders_state,
    VALIDATE CONSTRAINT orders_end,
    VALIDATE CONSTRAINT orders_bracket;
ALTER TABLE executions VALIDATE CONSTRAINT executions_notional_is_rounded;
ALTER TABLE positions VALIDATE CONSTRAINT positions_nothing_costs_nothing;
ALTER TABLE jobs
    VALIDATE CONSTRAINT jobs_status,
    VALIDATE CONSTRAINT jobs_outcome;
ALTER TABLE backtest_runs
    VALIDATE CONSTRAINT backtest_runs_warnings,
    VALIDATE CONSTRAINT backtest_runs_idempotency,
    VALIDATE CONSTRAINT backtest_runs_status,
    VALIDATE CONSTRAINT backtest_runs_periods_per_year,
    VALIDATE CONSTRAINT backtest_runs_state,
    VALIDATE CONSTRAINT backtest_runs_outcome;
ALTER TABLE trials VALIDATE CONSTRAINT trials_block_counts;
