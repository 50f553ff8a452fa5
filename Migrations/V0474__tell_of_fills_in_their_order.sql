-- A statement may fill many orders, and changes them in the order that its plan finds good; executions it writes one after
-- another. So it is told of a fill when its execution is written, and no longer when its order changes.
CREATE FUNCTION notify_of_fill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM paper_accounts p JOIN alerts a ON a.user_id = p.user_id
        WHERE p.id = NEW.paper_account_id AND a.kind = 'order_filled' AND a.symbol_id IS NULL
    ) THEN
        RETURN NULL;
    END IF;
    PERFORM notify_subscriber(
        p.user_id, 'order_filled', NEW.symbol_id, NEW.order_id,
        coalesce(nullif(o.detail, ''), concat_ws(' ', initcap(NEW.side), trim_scale(NEW.quantity), s.symbol)))
    FROM orders o, paper_accounts p, symbols s
    WHERE o.id = NEW.order_id AND p.id = NEW.paper_account_id AND s.id = NEW.symbol_id;
    RETURN NULL;
END $$;

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
        concat_ws(': ', concat_ws(' ', initcap(NEW.side), trim_scale(NEW.quantity), s.symbol), nullif(NEW.detail, '')))
    FROM paper_accounts p, symbols s WHERE p.id = NEW.paper_account_id AND s.id = NEW.symbol_id;
    RETURN NULL;
END $$;

-- See V0470.
SET LOCAL lock_timeout = '500ms';
LOCK TABLE orders, executions IN SHARE ROW EXCLUSIVE MODE;
CREATE OR REPLACE TRIGGER orders_notify_insert AFTER INSERT ON orders
    FOR EACH ROW WHEN (NEW.status = ANY ('{REJECTED,EXPIRED}')) EXECUTE FUNCTION notify_of_order();
CREATE OR REPLACE TRIGGER orders_notify_update AFTER UPDATE OF status ON orders
    FOR EACH ROW WHEN (OLD.status = 'PENDING' AND NEW.status = ANY ('{REJECTED,EXPIRED}'))
    EXECUTE FUNCTION notify_of_order();
CREATE TRIGGER executions_notify AFTER INSERT ON executions FOR EACH ROW EXECUTE FUNCTION notify_of_fill();
