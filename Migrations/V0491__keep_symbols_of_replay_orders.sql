-- An order of a replay says of which of its symbols it is. Of before there is one only. No more than 100 replays of a user are
-- kept, so all is done at once.
ALTER TABLE replay_orders ADD COLUMN symbol_id integer;

COMMENT ON COLUMN replay_orders.symbol_id IS 'One of those of its replay';

ALTER TABLE replay_orders DISABLE TRIGGER replay_orders_end_is_final;
UPDATE replay_orders o SET symbol_id = r.symbol_id FROM replays r WHERE r.id = o.replay_id;
ALTER TABLE replay_orders ENABLE TRIGGER replay_orders_end_is_final;

ALTER TABLE replay_orders
    ALTER COLUMN symbol_id SET NOT NULL,
    ADD CONSTRAINT replay_orders_holding_fkey FOREIGN KEY (replay_id, symbol_id)
        REFERENCES replay_holdings (replay_id, symbol_id) ON DELETE CASCADE;

-- A process of the release before names none (V0490).
CREATE FUNCTION name_symbol_of_replay_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT symbol_id INTO NEW.symbol_id FROM replays WHERE id = NEW.replay_id;
    RETURN NEW;
END $$;

CREATE TRIGGER replay_orders_name_symbol BEFORE INSERT ON replay_orders FOR EACH ROW
    WHEN (NEW.symbol_id IS NULL) EXECUTE FUNCTION name_symbol_of_replay_order();
