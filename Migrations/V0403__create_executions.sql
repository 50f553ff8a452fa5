-- Money and units that changed hands. Append-only: the ledger of paper trading.
CREATE TABLE executions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    order_id uuid NOT NULL,
    paper_account_id integer NOT NULL,
    symbol_id integer NOT NULL,
    side text NOT NULL,
    quantity numeric(28,8) NOT NULL CONSTRAINT executions_quantity CHECK (quantity > 0 AND quantity <> 'NaN'),
    price numeric(28,12) NOT NULL CONSTRAINT executions_price CHECK (price > 0 AND price <> 'NaN'),
    notional numeric(18,2) NOT NULL CONSTRAINT executions_notional CHECK (notional >= 0 AND notional <> 'NaN'),
    realized_pnl numeric(18,2) CONSTRAINT executions_realized_pnl CHECK (realized_pnl <> 'NaN'),
    executed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT executions_order_fkey FOREIGN KEY (order_id, paper_account_id, symbol_id, side)
        REFERENCES orders (id, paper_account_id, symbol_id, side),
    CONSTRAINT executions_pnl_of_sales CHECK ((side = 'SELL') = (realized_pnl IS NOT NULL)),
    CONSTRAINT executions_notional_is_rounded CHECK (notional = round(quantity * price, 2))
);

CREATE INDEX executions_order_idx ON executions (order_id);
CREATE INDEX executions_account_idx ON executions (paper_account_id, executed_at DESC, id);

CREATE TRIGGER executions_append_only BEFORE UPDATE OR DELETE ON executions
    FOR EACH ROW EXECUTE FUNCTION refuse_change('executions_append_only');
CREATE TRIGGER executions_never_truncated BEFORE TRUNCATE ON executions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('executions_append_only');

COMMENT ON TABLE executions IS 'Fills of paper orders';
COMMENT ON COLUMN executions.price IS 'Of one unit';
COMMENT ON COLUMN executions.notional IS 'quantity * price, rounded half up to cents once: what moved in cash';
COMMENT ON COLUMN executions.realized_pnl IS 'Sales only: notional less the cost of what was sold';
