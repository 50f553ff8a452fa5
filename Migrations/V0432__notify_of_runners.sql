-- What runners are about to do, and that they have ended.
CREATE FUNCTION notify_of_runner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    what text := CASE NEW.status WHEN 'STOPPED' THEN 'runner_stopped' ELSE 'runner_signalled' END;
BEGIN
    PERFORM notify_subscriber(
        p.user_id, what, NEW.symbol_id, NEW.id,
        concat(t.name, ' on ', s.symbol, ': ',
            CASE
                WHEN NEW.status = 'STOPPED' THEN NEW.detail
                WHEN NEW.next_side = 'BUY' THEN 'buys at the open of the next bar.'
                ELSE 'sells at the open of the next bar.'
            END))
    FROM paper_accounts p, strategies t, symbols s
    WHERE p.id = NEW.paper_account_id AND t.id = NEW.strategy_id AND s.id = NEW.symbol_id;
    RETURN NULL;
END $$;

CREATE TRIGGER paper_runners_notify AFTER UPDATE ON paper_runners FOR EACH ROW
    WHEN (
        NEW.status = 'STOPPED' AND OLD.status <> 'STOPPED'
        OR NEW.next_side IS NOT NULL AND NEW.seen_bar <> OLD.seen_bar
    )
    EXECUTE FUNCTION notify_of_runner();
