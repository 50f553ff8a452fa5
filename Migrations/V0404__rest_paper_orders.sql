-- Orders that rest, brackets, fees and generations of a paper account (trading.md).

ALTER TABLE paper_accounts
    ADD COLUMN fee_bps numeric(7,4) NOT NULL DEFAULT 0,
    ADD COLUMN min_fee numeric(18,2) NOT NULL DEFAULT 0,
    ADD COLUMN generation_started_at timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT paper_accounts_fee_bps CHECK (fee_bps >= 0 AND fee_bps <= 500 AND fee_bps <> 'NaN') NOT VALID,
    ADD CONSTRAINT paper_accounts_min_fee CHECK (min_fee >= 0 AND min_fee <= 1000 AND min_fee <> 'NaN') NOT VALID;

COMMENT ON COLUMN paper_accounts.fee_bps IS 'What a fill pays of its notional, in hundredths of a percent';
COMMENT ON COLUMN paper_accounts.min_fee IS 'What a fill pays at least';
COMMENT ON COLUMN paper_accounts.generation_started_at IS 'When the account was made or last reset';

ALTER TABLE orders
    DROP CONSTRAINT orders_order_type,
    DROP CONSTRAINT orders_status,
    DROP CONSTRAINT orders_reject_reason,
    DROP CONSTRAINT orders_state,
    DROP CONSTRAINT orders_quantity,
    -- A refused order may have come to nothing: so small a share of so little.
    ADD CONSTRAINT orders_quantity CHECK (
        (quantity > 0 OR quantity = 0 AND status = 'REJECTED') AND quantity <> 'NaN'
    ) NOT VALID,
    ADD COLUMN limit_price numeric(28,12),
    ADD COLUMN stop_price numeric(28,12),
    ADD COLUMN time_in_force text NOT NULL DEFAULT 'GTC',
    ADD COLUMN reduce_only boolean NOT NULL DEFAULT false,
    ADD COLUMN is_triggered boolean NOT NULL DEFAULT false,
    ADD COLUMN role text,
    ADD COLUMN entry_order_id uuid REFERENCES orders (id),
    ADD COLUMN stop_loss numeric(28,12),
    ADD COLUMN take_profit numeric(28,12),
    ADD COLUMN held_cash numeric(18,2) NOT NULL DEFAULT 0,
    ADD COLUMN active_from timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN ended_at timestamptz,
    ADD COLUMN content_hash bytea,
    ADD COLUMN detail text NOT NULL DEFAULT '',
    ADD CONSTRAINT orders_order_type CHECK (
        CASE order_type
            WHEN 'MARKET' THEN limit_price IS NULL AND stop_price IS NULL
            WHEN 'LIMIT' THEN limit_price IS NOT NULL AND stop_price IS NULL
            WHEN 'STOP' THEN limit_price IS NULL AND stop_price IS NOT NULL
            WHEN 'STOP_LIMIT' THEN limit_price IS NOT NULL AND stop_price IS NOT NULL
            ELSE false
        END
    ) NOT VALID,
    ADD CONSTRAINT orders_status CHECK (status IN ('PENDING', 'FILLED', 'REJECTED', 'CANCELLED', 'EXPIRED')) NOT VALID,
    ADD CONSTRAINT orders_reject_reason CHECK (
        reject_reason IN ('NO_MARKET_PRICE', 'MIN_NOTIONAL', 'MAX_ORDER_NOTIONAL', 'MAX_POSITION_PCT',
            'MIN_CASH_REMAINING', 'INSUFFICIENT_CASH', 'INSUFFICIENT_POSITION', 'WOULD_FILL_AT_ONCE',
            'BRACKET_WRONG_SIDE', 'TOO_MANY_ORDERS', 'AMOUNT_TOO_LARGE', 'SYMBOL_INACTIVE')
    ) NOT VALID,
    ADD CONSTRAINT orders_state CHECK (
        CASE status
            WHEN 'FILLED' THEN avg_fill_price IS NOT NULL AND filled_at IS NOT NULL AND price_as_of IS NOT NULL
                AND reject_reason IS NULL
            WHEN 'REJECTED' THEN reject_reason IS NOT NULL AND avg_fill_price IS NULL AND filled_at IS NULL
            ELSE reject_reason IS NULL AND avg_fill_price IS NULL AND filled_at IS NULL
        END
    ) NOT VALID,
    -- What has ended holds nothing back. When it ended is not known of orders of earlier releases.
    ADD CONSTRAINT orders_end CHECK (CASE status WHEN 'PENDING' THEN ended_at IS NULL ELSE held_cash = 0 END) NOT VALID,
    ADD CONSTRAINT orders_bracket CHECK (
        CASE role
            WHEN 'ENTRY' THEN side = 'BUY' AND entry_order_id IS NULL AND (stop_loss IS NOT NULL OR take_profit IS NOT NULL)
            WHEN 'STOP_LOSS' THEN side = 'SELL' AND entry_order_id IS NOT NULL AND order_type = 'STOP' AND reduce_only
            WHEN 'TAKE_PROFIT' THEN side = 'SELL' AND entry_order_id IS NOT NULL AND order_type = 'LIMIT' AND reduce_only
            ELSE entry_order_id IS NULL AND stop_loss IS NULL AND take_profit IS NULL
        END
    ) NOT VALID,
    ADD CONSTRAINT orders_bracket_key UNIQUE (entry_order_id, role),
    ADD CONSTRAINT orders_limit_price CHECK (limit_price > 0 AND limit_price <> 'NaN') NOT VALID,
    ADD CONSTRAINT orders_stop_price CHECK (stop_price > 0 AND stop_price <> 'NaN') NOT VALID,
    ADD CONSTRAINT orders_time_in_force CHECK (time_in_force IN ('DAY', 'GTC')) NOT VALID,
    ADD CONSTRAINT orders_role CHECK (role IN ('ENTRY', 'STOP_LOSS', 'TAKE_PROFIT')) NOT VALID,
    ADD CONSTRAINT orders_stop_loss CHECK (stop_loss > 0 AND stop_loss <> 'NaN') NOT VALID,
    ADD CONSTRAINT orders_take_profit CHECK (take_profit > 0 AND take_profit <> 'NaN') NOT VALID,
    ADD CONSTRAINT orders_held_cash CHECK (held_cash >= 0 AND held_cash <> 'NaN') NOT VALID,
    ADD CONSTRAINT orders_content_hash CHECK (octet_length(content_hash) = 32) NOT VALID,
    ADD CONSTRAINT orders_detail CHECK (length(detail) <= 500) NOT VALID;

-- A resting order may be replaced: its size and prices change while it rests, and nothing else of the question ever does.
DROP TRIGGER orders_question_is_final ON orders;
CREATE TRIGGER orders_question_is_final BEFORE UPDATE ON orders FOR EACH ROW
    WHEN (
        (OLD.id, OLD.paper_account_id, OLD.generation, OLD.symbol_id, OLD.side, OLD.order_type, OLD.client_order_id,
            OLD.requested_at, OLD.content_hash, OLD.role, OLD.entry_order_id)
        IS DISTINCT FROM
        (NEW.id, NEW.paper_account_id, NEW.generation, NEW.symbol_id, NEW.side, NEW.order_type, NEW.client_order_id,
            NEW.requested_at, NEW.content_hash, NEW.role, NEW.entry_order_id)
    )
    EXECUTE FUNCTION refuse_change('orders_question_is_final');

COMMENT ON COLUMN orders.limit_price IS 'At this price or a better one';
COMMENT ON COLUMN orders.stop_price IS 'Once the market has reached this price';
COMMENT ON COLUMN orders.reduce_only IS 'Sells what is there at the most';
COMMENT ON COLUMN orders.is_triggered IS 'A stop-limit order whose stop was reached: a limit order from then on';
COMMENT ON COLUMN orders.role IS 'In a bracket; null for an order by itself';
COMMENT ON COLUMN orders.entry_order_id IS 'Of an exit of a bracket: the entry that it closes';
COMMENT ON COLUMN orders.stop_loss IS 'Of an entry: where its exit stops a loss';
COMMENT ON COLUMN orders.take_profit IS 'Of an entry: where its exit takes the profit';
COMMENT ON COLUMN orders.held_cash IS 'What a resting purchase would cost, fee included: not to be promised twice';
COMMENT ON COLUMN orders.active_from IS 'Only bars that begin then or later may fill it; moves on with the bars that were looked at';
COMMENT ON COLUMN orders.expires_at IS 'No bar that begins then or later may fill it';
COMMENT ON COLUMN orders.content_hash IS 'SHA-256 of what was asked for: the same client_order_id with another is refused';
COMMENT ON COLUMN orders.detail IS 'What happened, or what it waits for, in a sentence';

ALTER TABLE executions
    ADD COLUMN generation integer NOT NULL DEFAULT 1,
    ADD COLUMN sequence bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN fee numeric(18,2) NOT NULL DEFAULT 0,
    ADD COLUMN price_as_of timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN bar_interval text NOT NULL DEFAULT '1d',
    ADD COLUMN bar_start timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN bar_revision bigint NOT NULL DEFAULT 1,
    ADD CONSTRAINT executions_generation CHECK (generation >= 1) NOT VALID,
    ADD CONSTRAINT executions_fee CHECK (fee >= 0 AND fee <> 'NaN') NOT VALID,
    ADD CONSTRAINT executions_bar_revision CHECK (bar_revision >= 1) NOT VALID;
ALTER TABLE executions
    ALTER COLUMN generation DROP DEFAULT,
    ALTER COLUMN price_as_of DROP DEFAULT,
    ALTER COLUMN bar_interval DROP DEFAULT,
    ALTER COLUMN bar_start DROP DEFAULT,
    ALTER COLUMN bar_revision DROP DEFAULT;

COMMENT ON COLUMN executions.generation IS 'paper_accounts.generation at that moment';
COMMENT ON COLUMN executions.sequence IS 'In this order the ledger was written';
COMMENT ON COLUMN executions.fee IS 'What the fill cost on top; not in the cost of the position';
COMMENT ON COLUMN executions.price_as_of IS 'The moment of the market whose price it is';
COMMENT ON COLUMN executions.bar_interval IS 'With bar_start: the bar that the price is of';
COMMENT ON COLUMN executions.bar_revision IS 'Of the series at that moment: bars corrected later change nothing here';

-- Each is one more place to write for every order, and nobody reads them.
DROP INDEX executions_account_idx;
DROP INDEX orders_symbol_idx;

-- Lives of an account that a reset has ended.
CREATE TABLE paper_generations (
    paper_account_id integer NOT NULL REFERENCES paper_accounts (id),
    generation integer NOT NULL CONSTRAINT paper_generations_generation CHECK (generation >= 1),
    starting_balance numeric(18,2) NOT NULL CONSTRAINT paper_generations_starting_balance CHECK (starting_balance >= 0 AND starting_balance <> 'NaN'),
    cash_balance numeric(18,2) NOT NULL CONSTRAINT paper_generations_cash_balance CHECK (cash_balance >= 0 AND cash_balance <> 'NaN'),
    equity numeric(18,2) CONSTRAINT paper_generations_equity CHECK (equity >= 0 AND equity <> 'NaN'),
    realized_pnl numeric(18,2) NOT NULL CONSTRAINT paper_generations_realized_pnl CHECK (realized_pnl <> 'NaN'),
    fees numeric(18,2) NOT NULL CONSTRAINT paper_generations_fees CHECK (fees >= 0 AND fees <> 'NaN'),
    orders integer NOT NULL CONSTRAINT paper_generations_orders CHECK (orders >= 0),
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (paper_account_id, generation)
);

CREATE TRIGGER paper_generations_append_only BEFORE UPDATE OR DELETE ON paper_generations
    FOR EACH ROW EXECUTE FUNCTION refuse_change('paper_generations_append_only');

COMMENT ON TABLE paper_generations IS 'What paper accounts had come to when they were reset';
COMMENT ON COLUMN paper_generations.equity IS 'At the last stored prices; null where one was missing';
COMMENT ON COLUMN paper_generations.realized_pnl IS 'Of all sales, fees not taken off';

-- What an account was worth: after each fill, and once a day.
CREATE TABLE paper_equity_points (
    paper_account_id integer NOT NULL REFERENCES paper_accounts (id),
    generation integer NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL CONSTRAINT paper_equity_points_kind CHECK (kind IN ('start', 'fill', 'day')),
    equity numeric(18,2) NOT NULL CONSTRAINT paper_equity_points_equity CHECK (equity >= 0 AND equity <> 'NaN'),
    cash numeric(18,2) NOT NULL CONSTRAINT paper_equity_points_cash CHECK (cash >= 0 AND cash <> 'NaN'),
    PRIMARY KEY (paper_account_id, generation, at)
);

COMMENT ON TABLE paper_equity_points IS 'Equity of paper accounts over time';

-- Whatever stores bars raises the revision of their series, and with it queues a look at the orders that wait for them: in
-- the same transaction, so that neither can be without the other.
CREATE FUNCTION queue_order_fills() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jobs (job_type, payload_json, dedupe_key)
    SELECT 'fill_orders', jsonb_build_object('symbol_id', NEW.symbol_id, 'interval', NEW.interval),
        'fill_orders/' || NEW.symbol_id || '/' || NEW.interval || '/' || NEW.revision
    WHERE EXISTS (SELECT FROM orders WHERE symbol_id = NEW.symbol_id AND status = 'PENDING')
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER bar_series_fills_insert AFTER INSERT ON bar_series
    FOR EACH ROW WHEN (NEW.count > 0) EXECUTE FUNCTION queue_order_fills();
CREATE TRIGGER bar_series_fills_update AFTER UPDATE ON bar_series
    FOR EACH ROW WHEN (NEW.count > 0 AND NEW.revision <> OLD.revision) EXECUTE FUNCTION queue_order_fills();
