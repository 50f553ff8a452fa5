-- Practice on past days: an account of its own on one series, under a clock that is a stored bar.
CREATE TABLE replays (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id),
    symbol_id integer NOT NULL REFERENCES symbols (id),
    interval text NOT NULL CONSTRAINT replays_interval CHECK (interval IN ('1d', '1h')),
    starting_balance numeric(18,2) NOT NULL
        CONSTRAINT replays_starting_balance CHECK (starting_balance > 0 AND starting_balance <> 'NaN'),
    fee_bps numeric(7,4) NOT NULL CONSTRAINT replays_fee_bps CHECK (fee_bps >= 0 AND fee_bps <= 500),
    cash numeric(18,2) NOT NULL CONSTRAINT replays_cash CHECK (cash >= 0 AND cash <> 'NaN'),
    quantity numeric(28,8) NOT NULL DEFAULT 0 CONSTRAINT replays_quantity CHECK (quantity >= 0 AND quantity <> 'NaN'),
    cost_basis numeric(18,2) NOT NULL DEFAULT 0
        CONSTRAINT replays_cost_basis CHECK (cost_basis >= 0 AND cost_basis <> 'NaN'),
    last_price numeric(28,12) NOT NULL CONSTRAINT replays_last_price CHECK (last_price > 0 AND last_price <> 'NaN'),
    first_bar timestamptz NOT NULL,
    clock timestamptz NOT NULL,
    bars integer NOT NULL DEFAULT 0 CONSTRAINT replays_bars CHECK (bars >= 0),
    is_over boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT replays_clock CHECK (clock >= first_bar),
    CONSTRAINT replays_nothing_costs_nothing CHECK (quantity > 0 OR cost_basis = 0)
);

CREATE INDEX replays_user_idx ON replays (user_id, created_at DESC, id);

CREATE TRIGGER replays_clock_goes_on BEFORE UPDATE ON replays FOR EACH ROW
    WHEN (
        NEW.clock < OLD.clock
        OR (OLD.id, OLD.user_id, OLD.symbol_id, OLD.interval, OLD.starting_balance, OLD.fee_bps, OLD.first_bar)
            IS DISTINCT FROM
            (NEW.id, NEW.user_id, NEW.symbol_id, NEW.interval, NEW.starting_balance, NEW.fee_bps, NEW.first_bar)
    )
    EXECUTE FUNCTION refuse_change('replays_clock_goes_on');

COMMENT ON TABLE replays IS 'Practice on past days: money and a clock of their own, nothing of the paper account';
COMMENT ON COLUMN replays.first_bar IS 'Start of the bar at whose close it began';
COMMENT ON COLUMN replays.clock IS 'Start of the newest bar that its owner has seen; never moves back';
COMMENT ON COLUMN replays.last_price IS 'The close of that bar';
COMMENT ON COLUMN replays.bars IS 'How many it has seen since its beginning';
COMMENT ON COLUMN replays.is_over IS 'Whether there was no bar left when it was last moved on';

CREATE TABLE replay_orders (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    replay_id uuid NOT NULL REFERENCES replays (id) ON DELETE CASCADE,
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    side text NOT NULL CONSTRAINT replay_orders_side CHECK (side IN ('BUY', 'SELL')),
    order_type text NOT NULL CONSTRAINT replay_orders_order_type CHECK (
        CASE order_type
            WHEN 'MARKET' THEN limit_price IS NULL AND stop_price IS NULL
            WHEN 'LIMIT' THEN limit_price IS NOT NULL AND stop_price IS NULL
            WHEN 'STOP' THEN limit_price IS NULL AND stop_price IS NOT NULL
            WHEN 'STOP_LIMIT' THEN limit_price IS NOT NULL AND stop_price IS NOT NULL
            ELSE false
        END
    ),
    limit_price numeric(28,12) CONSTRAINT replay_orders_limit_price CHECK (limit_price > 0 AND limit_price <> 'NaN'),
    stop_price numeric(28,12) CONSTRAINT replay_orders_stop_price CHECK (stop_price > 0 AND stop_price <> 'NaN'),
    time_in_force text NOT NULL DEFAULT 'GTC'
        CONSTRAINT replay_orders_time_in_force CHECK (time_in_force IN ('DAY', 'GTC')),
    status text NOT NULL CONSTRAINT replay_orders_status
        CHECK (status IN ('PENDING', 'FILLED', 'REJECTED', 'CANCELLED', 'EXPIRED')),
    is_triggered boolean NOT NULL DEFAULT false,
    quantity numeric(28,8) NOT NULL CONSTRAINT replay_orders_quantity CHECK (quantity >= 0 AND quantity <> 'NaN'),
    stop_loss numeric(28,12) CONSTRAINT replay_orders_stop_loss CHECK (stop_loss > 0 AND stop_loss <> 'NaN'),
    take_profit numeric(28,12) CONSTRAINT replay_orders_take_profit CHECK (take_profit > 0 AND take_profit <> 'NaN'),
    reduce_only boolean NOT NULL DEFAULT false,
    role text CONSTRAINT replay_orders_role CHECK (role IN ('ENTRY', 'STOP_LOSS', 'TAKE_PROFIT')),
    entry_order_id uuid REFERENCES replay_orders (id) ON DELETE CASCADE,
    held_cash numeric(18,2) NOT NULL DEFAULT 0
        CONSTRAINT replay_orders_held_cash CHECK (held_cash >= 0 AND held_cash <> 'NaN'),
    avg_fill_price numeric(28,12)
        CONSTRAINT replay_orders_avg_fill_price CHECK (avg_fill_price > 0 AND avg_fill_price <> 'NaN'),
    price_as_of timestamptz,
    reject_reason text,
    detail text NOT NULL DEFAULT '' CONSTRAINT replay_orders_detail CHECK (length(detail) <= 500),
    client_order_id text CONSTRAINT replay_orders_client_order_id CHECK (length(client_order_id) BETWEEN 1 AND 64),
    content_hash bytea CONSTRAINT replay_orders_content_hash CHECK (octet_length(content_hash) = 32),
    notional numeric(18,2) CONSTRAINT replay_orders_notional CHECK (notional >= 0 AND notional <> 'NaN'),
    fee numeric(18,2) CONSTRAINT replay_orders_fee CHECK (fee >= 0 AND fee <> 'NaN'),
    realized_pnl numeric(18,2) CONSTRAINT replay_orders_realized_pnl CHECK (realized_pnl <> 'NaN'),
    active_from timestamptz NOT NULL,
    expires_at timestamptz,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    filled_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT replay_orders_state CHECK (
        CASE status
            WHEN 'FILLED' THEN avg_fill_price IS NOT NULL AND price_as_of IS NOT NULL AND notional IS NOT NULL
                AND fee IS NOT NULL AND reject_reason IS NULL
            WHEN 'REJECTED' THEN reject_reason IS NOT NULL AND avg_fill_price IS NULL
            ELSE reject_reason IS NULL AND avg_fill_price IS NULL
        END
    ),
    CONSTRAINT replay_orders_end CHECK (CASE status WHEN 'PENDING' THEN ended_at IS NULL ELSE held_cash = 0 END),
    CONSTRAINT replay_orders_client_order_key UNIQUE (replay_id, client_order_id),
    CONSTRAINT replay_orders_bracket_key UNIQUE (entry_order_id, role)
);

CREATE INDEX replay_orders_replay_idx ON replay_orders (replay_id, sequence);

CREATE TRIGGER replay_orders_end_is_final BEFORE UPDATE ON replay_orders FOR EACH ROW
    WHEN (OLD.status <> 'PENDING') EXECUTE FUNCTION refuse_change('replay_orders_end_is_final');

COMMENT ON TABLE replay_orders IS 'Orders of replays; a filled one is its own execution';
COMMENT ON COLUMN replay_orders.sequence IS 'In this order they were placed';
COMMENT ON COLUMN replay_orders.price_as_of IS 'The moment of the market whose price it is: of past days';

CREATE TABLE replay_points (
    replay_id uuid NOT NULL REFERENCES replays (id) ON DELETE CASCADE,
    bar_start timestamptz NOT NULL,
    equity numeric(18,2) NOT NULL CONSTRAINT replay_points_equity CHECK (equity >= 0 AND equity <> 'NaN'),
    PRIMARY KEY (replay_id, bar_start)
);

COMMENT ON TABLE replay_points IS 'What replays were worth at the close of each bar';
