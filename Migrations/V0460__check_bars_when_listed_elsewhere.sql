-- Which days a share lacks depends on where it is listed: what becomes known of that is checked like new bars.
CREATE FUNCTION queue_listing_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jobs (job_type, payload_json, dedupe_key)
    SELECT 'check_bars', jsonb_build_object('symbol_id', NEW.id, 'always', true),
        'check_bars/' || NEW.id || '/listed/' || pg_current_xact_id()
    WHERE EXISTS (SELECT FROM bar_series WHERE symbol_id = NEW.id AND count > 0)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER symbols_listing_check AFTER UPDATE OF exchange ON symbols
    FOR EACH ROW WHEN (NEW.asset_type = 'EQUITY' AND NEW.exchange IS DISTINCT FROM OLD.exchange)
    EXECUTE FUNCTION queue_listing_check();
