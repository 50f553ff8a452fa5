-- What people want to be told of, and what they were told (trading.md, "Reads").
CREATE TABLE alerts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id),
    kind text NOT NULL CONSTRAINT alerts_kind CHECK (kind ~ '^[a-z][a-z_]{0,39}$'),
    symbol_id integer REFERENCES symbols (id),
    level numeric(28,12) CONSTRAINT alerts_level CHECK (level > 0 AND level <> 'NaN'),
    seen_until timestamptz,
    is_armed boolean NOT NULL DEFAULT true,
    fired_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Of a price all of it, of an event of the account nothing, which stays armed for ever.
    CONSTRAINT alerts_form CHECK (
        CASE WHEN kind IN ('price_above', 'price_below') THEN num_nulls(symbol_id, level, seen_until) = 0
            ELSE num_nonnulls(symbol_id, level, seen_until, fired_at) = 0 AND is_armed
        END
    ),
    CONSTRAINT alerts_rule_key UNIQUE NULLS NOT DISTINCT (user_id, kind, symbol_id, level)
);

CREATE INDEX alerts_armed_idx ON alerts (symbol_id) WHERE is_armed;

COMMENT ON TABLE alerts IS 'What users want to be told of; goes with the account';
COMMENT ON COLUMN alerts.kind IS 'A word of the code: price_above and price_below a level, or an event of the account';
COMMENT ON COLUMN alerts.level IS 'The price that a bar has to reach';
COMMENT ON COLUMN alerts.seen_until IS 'Bars that begin before were there when it was armed, or have been looked at';
COMMENT ON COLUMN alerts.is_armed IS 'A price is told once; then it has to be armed again';
COMMENT ON COLUMN alerts.fired_at IS 'When its price was last told';

CREATE TABLE notifications (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id),
    kind text NOT NULL CONSTRAINT notifications_kind CHECK (kind ~ '^[a-z][a-z_]{0,39}$'),
    symbol_id integer REFERENCES symbols (id),
    subject_id uuid,
    detail text NOT NULL CONSTRAINT notifications_detail CHECK (length(detail) BETWEEN 1 AND 1000),
    dedupe_key text CONSTRAINT notifications_dedupe_key CHECK (length(dedupe_key) BETWEEN 1 AND 255),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    read_at timestamptz,
    CONSTRAINT notifications_once_key UNIQUE (user_id, dedupe_key)
);

CREATE INDEX notifications_user_idx ON notifications (user_id, created_at DESC, id);
CREATE INDEX notifications_unread_idx ON notifications (user_id) WHERE read_at IS NULL;

COMMENT ON TABLE notifications IS 'What users were told; goes with the account, or after 90 days';
COMMENT ON COLUMN notifications.kind IS 'A word of the code; that of the alert, where one was wished for';
COMMENT ON COLUMN notifications.subject_id IS 'The order, backtest, alert or webhook that it is about';
COMMENT ON COLUMN notifications.detail IS 'What happened, in a sentence';
COMMENT ON COLUMN notifications.dedupe_key IS 'Told once to a user; null: as often as it happens';
COMMENT ON COLUMN notifications.read_at IS 'When its user saw it; null: not yet';

-- Tells a user of what happened, in the transaction in which it did, if they want to be told of it. The alert is held, so
-- that nobody whose account ends meanwhile is told anything.
CREATE FUNCTION notify_subscriber(
    whom uuid, what text, about_symbol integer, about uuid, words text, once text DEFAULT NULL
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO notifications (user_id, kind, symbol_id, subject_id, detail, dedupe_key)
    SELECT a.user_id, a.kind, about_symbol, about, left(words, 1000), once FROM alerts a
    WHERE a.user_id = whom AND a.kind = what AND a.symbol_id IS NULL FOR KEY SHARE
    ON CONFLICT (user_id, dedupe_key) DO NOTHING
$$;

CREATE FUNCTION notify_of_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM notify_subscriber(
        p.user_id, 'order_' || lower(NEW.status), NEW.symbol_id, NEW.id,
        -- Only of a fill the detail says of what.
        CASE WHEN NEW.status = 'FILLED' AND NEW.detail <> '' THEN NEW.detail
            ELSE concat_ws(': ', concat_ws(' ', initcap(NEW.side), trim_scale(NEW.quantity), s.symbol), nullif(NEW.detail, ''))
        END)
    FROM paper_accounts p, symbols s WHERE p.id = NEW.paper_account_id AND s.id = NEW.symbol_id;
    RETURN NULL;
END $$;

CREATE TRIGGER orders_notify_insert AFTER INSERT ON orders
    FOR EACH ROW WHEN (NEW.status IN ('FILLED', 'REJECTED', 'EXPIRED')) EXECUTE FUNCTION notify_of_order();
CREATE TRIGGER orders_notify_update AFTER UPDATE ON orders
    FOR EACH ROW WHEN (OLD.status = 'PENDING' AND NEW.status IN ('FILLED', 'REJECTED', 'EXPIRED'))
    EXECUTE FUNCTION notify_of_order();

CREATE FUNCTION notify_of_backtest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM notify_subscriber(
        NEW.user_id, 'backtest_done', NEW.symbol_id, NEW.id,
        format('%s on %s, %s to %s: ', t.name, s.symbol, NEW.start_date, NEW.end_date)
            || CASE NEW.status WHEN 'completed' THEN 'the result is there.' ELSE coalesce(NEW.error_message, 'it failed.') END)
    FROM strategies t, symbols s WHERE t.id = NEW.strategy_id AND s.id = NEW.symbol_id;
    RETURN NULL;
END $$;

CREATE TRIGGER backtest_runs_notify AFTER UPDATE ON backtest_runs
    FOR EACH ROW
    WHEN (OLD.status IN ('pending', 'running') AND NEW.status IN ('completed', 'failed', 'timed_out'))
    EXECUTE FUNCTION notify_of_backtest();

-- As V0404 has resting orders meet new bars.
CREATE FUNCTION queue_alert_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jobs (job_type, payload_json, dedupe_key)
    SELECT 'check_alerts', jsonb_build_object('symbol_id', NEW.symbol_id, 'interval', NEW.interval),
        'check_alerts/' || NEW.symbol_id || '/' || NEW.interval || '/' || NEW.revision
    WHERE EXISTS (SELECT FROM alerts WHERE symbol_id = NEW.symbol_id AND is_armed)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER bar_series_alerts_insert AFTER INSERT ON bar_series
    FOR EACH ROW WHEN (NEW.count > 0) EXECUTE FUNCTION queue_alert_checks();
CREATE TRIGGER bar_series_alerts_update AFTER UPDATE ON bar_series
    FOR EACH ROW WHEN (NEW.count > 0 AND NEW.revision <> OLD.revision) EXECUTE FUNCTION queue_alert_checks();
