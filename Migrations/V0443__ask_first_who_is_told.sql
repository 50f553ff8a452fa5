-- Looks first whether anybody wants to be told. The sentence, and the rows that it speaks of, were read for every order and
-- every backtest, of which most are told to nobody.
CREATE OR REPLACE FUNCTION notify_of_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    what CONSTANT text := 'order_' || lower(NEW.status);
BEGIN
    IF NOT EXISTS (
        SELECT FROM paper_accounts p JOIN alerts a ON a.user_id = p.user_id
        WHERE p.id = NEW.paper_account_id AND a.kind = what AND a.symbol_id IS NULL
    ) THEN
        RETURN NULL;
    END IF;
    PERFORM notify_subscriber(
        p.user_id, what, NEW.symbol_id, NEW.id,
        -- Only of a fill the detail says of what.
        CASE WHEN NEW.status = 'FILLED' AND NEW.detail <> '' THEN NEW.detail
            ELSE concat_ws(': ', concat_ws(' ', initcap(NEW.side), trim_scale(NEW.quantity), s.symbol), nullif(NEW.detail, ''))
        END)
    FROM paper_accounts p, symbols s WHERE p.id = NEW.paper_account_id AND s.id = NEW.symbol_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION notify_of_backtest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM alerts a WHERE a.user_id = NEW.user_id AND a.kind = 'backtest_done' AND a.symbol_id IS NULL
    ) THEN
        RETURN NULL;
    END IF;
    PERFORM notify_subscriber(
        NEW.user_id, 'backtest_done', NEW.symbol_id, NEW.id,
        format('%s on %s, %s to %s: ', t.name, s.symbol, NEW.start_date, NEW.end_date)
            || CASE NEW.status WHEN 'completed' THEN 'the result is there.' ELSE coalesce(NEW.error_message, 'it failed.') END)
    FROM strategies t, symbols s WHERE t.id = NEW.strategy_id AND s.id = NEW.symbol_id;
    RETURN NULL;
END $$;
