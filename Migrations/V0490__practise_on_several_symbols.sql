-- Practice on several symbols: under the one clock and the one cash of a replay, what is held of each is a row.
--
-- A process of the release before knows of one symbol, in `replays` itself, and serves on until it is replaced: triggers keep
-- the row of a replay's only symbol and those columns the same, whoever writes. Of a replay of several symbols the columns stay
-- empty, and so it finds none there.
-- See V0470.
SET LOCAL lock_timeout = '500ms';
LOCK TABLE replays IN ACCESS EXCLUSIVE MODE;

CREATE TABLE replay_holdings (
    replay_id uuid NOT NULL REFERENCES replays (id) ON DELETE CASCADE,
    symbol_id integer NOT NULL REFERENCES symbols (id),
    position smallint NOT NULL CONSTRAINT replay_holdings_position CHECK (position BETWEEN 1 AND 10),
    quantity exact_quantity NOT NULL DEFAULT 0,
    cost_basis exact_money NOT NULL DEFAULT 0,
    last_price exact_price NOT NULL,
    last_bar timestamptz NOT NULL,
    PRIMARY KEY (replay_id, symbol_id),
    CONSTRAINT replay_holdings_position_key UNIQUE (replay_id, position),
    CONSTRAINT replay_holdings_nothing_costs_nothing CHECK (quantity > 0 OR cost_basis = 0)
);

COMMENT ON TABLE replay_holdings IS 'The symbols of replays, and what is held of each';
COMMENT ON COLUMN replay_holdings.position IS 'In this order they were asked for';
COMMENT ON COLUMN replay_holdings.last_price IS 'Its newest close up to the clock';
COMMENT ON COLUMN replay_holdings.last_bar IS 'Start of the bar whose close that is';

ALTER TABLE replays
    ADD COLUMN speed smallint NOT NULL DEFAULT 4,
    ADD CONSTRAINT replays_speed CHECK (speed BETWEEN 1 AND 4) NOT VALID,
    ALTER COLUMN symbol_id DROP NOT NULL,
    ALTER COLUMN last_price DROP NOT NULL;

COMMENT ON COLUMN replays.speed IS 'Bars a second while it is played';
COMMENT ON COLUMN replays.symbol_id IS 'Of the release before: the only symbol; null where there are several';
COMMENT ON COLUMN replays.quantity IS 'Of the release before, as cost_basis and last_price: of the only symbol, as in replay_holdings';

INSERT INTO replay_holdings (replay_id, symbol_id, position, quantity, cost_basis, last_price, last_bar)
SELECT id, symbol_id, 1, quantity, cost_basis, last_price, clock FROM replays;

-- The only symbol is told once it is there.
CREATE OR REPLACE TRIGGER replays_clock_goes_on BEFORE UPDATE ON replays FOR EACH ROW
    WHEN (
        NEW.clock < OLD.clock
        OR (OLD.id, OLD.user_id, coalesce(OLD.symbol_id, NEW.symbol_id), OLD.interval, OLD.starting_balance, OLD.fee_bps,
            OLD.first_bar)
            IS DISTINCT FROM
            (NEW.id, NEW.user_id, NEW.symbol_id, NEW.interval, NEW.starting_balance, NEW.fee_bps, NEW.first_bar)
    )
    EXECUTE FUNCTION refuse_change('replays_clock_goes_on');

CREATE FUNCTION tell_holding_of_replay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO replay_holdings (replay_id, symbol_id, position, quantity, cost_basis, last_price, last_bar)
    VALUES (NEW.id, NEW.symbol_id, 1, NEW.quantity, NEW.cost_basis, NEW.last_price, NEW.clock)
    ON CONFLICT (replay_id, symbol_id) DO UPDATE
    SET quantity = excluded.quantity, cost_basis = excluded.cost_basis, last_price = excluded.last_price,
        last_bar = excluded.last_bar;
    RETURN NULL;
END $$;

CREATE FUNCTION tell_replay_of_holding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE replays SET symbol_id = NEW.symbol_id, quantity = NEW.quantity, cost_basis = NEW.cost_basis,
        last_price = NEW.last_price
    WHERE id = NEW.replay_id AND NOT EXISTS (
        SELECT FROM replay_holdings h WHERE h.replay_id = NEW.replay_id AND h.symbol_id <> NEW.symbol_id
    );
    RETURN NULL;
END $$;

-- Each tells of what a statement writes, and not of what the other has told.
CREATE TRIGGER replays_tell_holding AFTER INSERT OR UPDATE OF quantity, cost_basis, last_price ON replays FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND NEW.symbol_id IS NOT NULL) EXECUTE FUNCTION tell_holding_of_replay();
CREATE TRIGGER replay_holdings_tell_replay AFTER INSERT OR UPDATE ON replay_holdings FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION tell_replay_of_holding();
