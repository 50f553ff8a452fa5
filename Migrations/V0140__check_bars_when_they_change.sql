-- Whatever stores bars raises the revision of their series, and with it queues a job that checks them: in the same
-- transaction, so that neither can be without the other. Every revision has a job of its own; one that comes after the
-- series was checked anyway finds nothing to do.
CREATE FUNCTION queue_bar_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jobs (job_type, payload_json, dedupe_key)
    VALUES (
        'check_bars', jsonb_build_object('symbol_id', NEW.symbol_id),
        'check_bars/' || NEW.symbol_id || '/' || NEW.interval || '/' || NEW.revision
    ) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER bar_series_check_insert AFTER INSERT ON bar_series
    FOR EACH ROW WHEN (NEW.count > 0) EXECUTE FUNCTION queue_bar_check();
CREATE TRIGGER bar_series_check_update AFTER UPDATE ON bar_series
    FOR EACH ROW WHEN (NEW.count > 0 AND NEW.revision <> OLD.revision) EXECUTE FUNCTION queue_bar_check();

INSERT INTO jobs (job_type, payload_json, dedupe_key)
SELECT 'check_bars', jsonb_build_object('symbol_id', symbol_id),
    'check_bars/' || symbol_id || '/' || interval || '/' || revision
FROM bar_series WHERE count > 0 ORDER BY symbol_id, interval;
