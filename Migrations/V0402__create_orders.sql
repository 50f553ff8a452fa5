-- Paper orders. A market order is filled or refused at once, and then stays as it is.
CREATE TABLE orders (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    paper_account_id integer NOT NULL REFERENCES paper_accounts (id),
    generation integer NOT NULL CONSTRAINT orders_generation CHECK (generation >= 1),
    symbol_id integer NOT NULL REFERENCES symbols (id),
    side text NOT NULL CONSTRAINT orders_side CHECK (side IN ('BUY', 'SELL')),
    quantity numeric(28,8) NOT NULL CONSTRAINT orders_quantity CHECK (quantity > 0 AND quantity <> 'NaN'),
    order_type text NOT NULL DEFAULT 'MARKET' CONSTRAINT orders_order_type CHECK (order_type = 'MARKET'),
    status text NOT NULL DEFAULT 'PENDING'
        CONSTRAINT orders_status CHECK (status IN ('PENDING', 'FILLED', 'REJECTED', 'CANCELLED')),
    avg_fill_price numeric(28,12)
        CONSTRAINT orders_avg_fill_price CHECK (avg_fill_price > 0 AND avg_fill_price <> 'NaN'),
    price_as_of timestamptz,
    reject_reason text CONSTRAINT orders_reject_reason CHECK (
        reject_reason IN ('NO_MARKET_PRICE', 'MIN_NOTIONAL', 'MAX_ORDER_NOTIONAL', 'MAX_POSITION_PCT',
            'MIN_CASH_REMAINING', 'INSUFFICIENT_CASH', 'INSUFFICIENT_POSITION')
    ),
    client_order_id text CONSTRAINT orders_client_order_id CHECK (length(client_order_id) BETWEEN 1 AND 64),
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    filled_at timestamptz,
    CONSTRAINT orders_state CHECK (
        CASE status
            WHEN 'FILLED' THEN avg_fill_price IS NOT NULL AND filled_at IS NOT NULL AND price_as_of IS NOT NULL
                AND reject_reason IS NULL
            WHEN 'REJECTED' THEN reject_reason IS NOT NULL AND avg_fill_price IS NULL AND filled_at IS NULL
            ELSE reject_reason IS NULL AND avg_fill_price IS NULL AND filled_at IS NULL
        END
    ),
    CONSTRAINT orders_client_order_key UNIQUE (paper_account_id, generation, client_order_id),
    -- For the executions' foreign key: they repeat what they execute.
    CONSTRAINT orders_content_key UNIQUE (id, paper_account_id, symbol_id, side)
);

CREATE INDEX orders_account_idx ON orders (paper_account_id, requested_at DESC, id);
CREATE INDEX orders_symbol_idx ON orders (symbol_id);

CREATE TRIGGER orders_end_is_final BEFORE UPDATE ON orders FOR EACH ROW
    WHEN (OLD.status <> 'PENDING') EXECUTE FUNCTION refuse_change('orders_end_is_final');
CREATE TRIGGER orders_question_is_final BEFORE UPDATE ON orders FOR EACH ROW
    WHEN (
        (OLD.id, OLD.paper_account_id, OLD.generation, OLD.symbol_id, OLD.side, OLD.quantity, OLD.order_type,
            OLD.client_order_id, OLD.requested_at)
        IS DISTINCT FROM
        (NEW.id, NEW.paper_account_id, NEW.generation, NEW.symbol_id, NEW.side, NEW.quantity, NEW.order_type,
            NEW.client_order_id, NEW.requested_at)
    )
    EXECUTE FUNCTION refuse_change('orders_question_is_final');

COMMENT ON TABLE orders IS 'Orders of paper accounts';
COMMENT ON COLUMN orders.generation IS 'paper_accounts.generation when it was placed';
COMMENT ON COLUMN orders.avg_fill_price IS 'What a unit cost or brought; null unless filled';
COMMENT ON COLUMN orders.price_as_of IS 'The end of the bar whose close is the price';
COMMENT ON COLUMN orders.client_order_id IS 'The client''s own name for it: the same one again is the same order';
