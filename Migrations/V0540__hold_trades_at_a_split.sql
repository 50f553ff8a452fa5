-- A bar that stands where a split would have put it is stored before the bars before it are restated: until they are, or
-- somebody says that it was none, nothing is traded at prices of other units than accounts hold (Sources/App/MarketData/
-- TradedSeries.swift).
ALTER TABLE bar_series ADD COLUMN trades_until timestamptz;

COMMENT ON COLUMN bar_series.trades_until IS 'Start of the last bar that prices and fills anything, where later ones look like those after a split that it was not restated for; null: the last';

-- Orders, alerts and runners meet then what they had to leave out. The revision stays; a job of it that is under way has
-- perhaps looked already.
CREATE FUNCTION queue_freed_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jobs (job_type, payload_json, dedupe_key)
    SELECT kind.name, jsonb_build_object('symbol_id', NEW.symbol_id, 'interval', NEW.interval),
        kind.name || '/' || NEW.symbol_id || '/' || NEW.interval || '/' || NEW.revision || '/freed'
    FROM (VALUES
        ('fill_orders', EXISTS (SELECT FROM orders WHERE symbol_id = NEW.symbol_id AND status = 'PENDING')),
        ('check_alerts', EXISTS (SELECT FROM alerts WHERE symbol_id = NEW.symbol_id AND is_armed)),
        ('advance_runners', EXISTS (
            SELECT FROM paper_runners
            WHERE symbol_id = NEW.symbol_id AND interval = NEW.interval AND status = 'RUNNING'))
    ) AS kind (name, is_wanted) WHERE kind.is_wanted
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER bar_series_freed AFTER UPDATE ON bar_series
    FOR EACH ROW WHEN (NEW.count > 0 AND OLD.trades_until < coalesce(NEW.trades_until, 'infinity'))
    EXECUTE FUNCTION queue_freed_series();
