-- Closed trades of completed runs. Doubles: the engine's own numbers.
CREATE TABLE backtest_trades (
    backtest_run_id uuid NOT NULL,
    trade_no integer NOT NULL CONSTRAINT backtest_trades_trade_no CHECK (trade_no >= 1),
    symbol_id integer NOT NULL,
    entry_time timestamptz NOT NULL,
    exit_time timestamptz NOT NULL,
    side text NOT NULL DEFAULT 'LONG' CONSTRAINT backtest_trades_side CHECK (side = 'LONG'),
    entry_price double precision NOT NULL
        CONSTRAINT backtest_trades_entry_price CHECK (entry_price > 0 AND entry_price < 'Infinity'),
    exit_price double precision NOT NULL
        CONSTRAINT backtest_trades_exit_price CHECK (exit_price > 0 AND exit_price < 'Infinity'),
    quantity double precision NOT NULL CONSTRAINT backtest_trades_quantity CHECK (quantity > 0 AND quantity < 'Infinity'),
    pnl_abs double precision NOT NULL CONSTRAINT backtest_trades_pnl_abs CHECK (abs(pnl_abs) < 'Infinity'),
    pnl_pct double precision NOT NULL CONSTRAINT backtest_trades_pnl_pct CHECK (abs(pnl_pct) < 'Infinity'),
    bars_held integer NOT NULL CONSTRAINT backtest_trades_bars_held CHECK (bars_held >= 0),
    exit_reason text NOT NULL
        CONSTRAINT backtest_trades_exit_reason CHECK (exit_reason IN ('stop_loss', 'take_profit', 'rule', 'end_of_data')),
    gap boolean NOT NULL DEFAULT false,
    PRIMARY KEY (backtest_run_id, trade_no),
    CONSTRAINT backtest_trades_run_fkey
        FOREIGN KEY (backtest_run_id, symbol_id) REFERENCES backtest_runs (id, symbol_id) ON DELETE CASCADE,
    CONSTRAINT backtest_trades_times CHECK (
        isfinite(entry_time) AND isfinite(exit_time) AND entry_time <= exit_time
    ),
    CONSTRAINT backtest_trades_gap CHECK (NOT gap OR exit_reason IN ('stop_loss', 'take_profit'))
);

CREATE TRIGGER backtest_trades_never_updated BEFORE UPDATE ON backtest_trades
    FOR EACH ROW EXECUTE FUNCTION refuse_change('backtest_trades_never_updated');

COMMENT ON TABLE backtest_trades IS 'Closed trades of completed runs';
COMMENT ON COLUMN backtest_trades.trade_no IS 'Counts from 1 in the order of exits';
COMMENT ON COLUMN backtest_trades.entry_time IS 'Start of the bar it was entered in';
COMMENT ON COLUMN backtest_trades.exit_time IS 'Start of the bar it was left in';
COMMENT ON COLUMN backtest_trades.entry_price IS 'What a unit cost, slippage included, commission not';
COMMENT ON COLUMN backtest_trades.exit_price IS 'What a unit brought, slippage included, commission not';
COMMENT ON COLUMN backtest_trades.pnl_abs IS 'Profit after both commissions';
COMMENT ON COLUMN backtest_trades.pnl_pct IS 'pnl_abs / (quantity * entry_price) * 100';
COMMENT ON COLUMN backtest_trades.bars_held IS 'Bars from entry to exit';
COMMENT ON COLUMN backtest_trades.gap IS 'The stop or target was passed at the open, so it filled there';
