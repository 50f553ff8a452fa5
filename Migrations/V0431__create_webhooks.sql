-- Servers of users that are told what users are told (trading.md, "Reads").
CREATE TABLE webhooks (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id),
    url text NOT NULL CONSTRAINT webhooks_url CHECK (length(url) BETWEEN 1 AND 2000),
    is_active boolean NOT NULL DEFAULT true,
    failures smallint NOT NULL DEFAULT 0 CONSTRAINT webhooks_failures CHECK (failures >= 0),
    rests_until timestamptz,
    delivered_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT webhooks_url_key UNIQUE (user_id, url)
);

COMMENT ON TABLE webhooks IS 'Where notifications are posted to; the secret that signs them is derived from the id and the server''s own';
COMMENT ON COLUMN webhooks.is_active IS 'Switched off by its user, or by us after too many failures';
COMMENT ON COLUMN webhooks.failures IS 'Attempts in a row that have failed';
COMMENT ON COLUMN webhooks.rests_until IS 'After a failure nothing is tried before';
COMMENT ON COLUMN webhooks.delivered_at IS 'When it last took something';

CREATE TABLE webhook_deliveries (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    webhook_id uuid NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    notification_id uuid REFERENCES notifications (id) ON DELETE CASCADE,
    status text NOT NULL DEFAULT 'pending'
        CONSTRAINT webhook_deliveries_status CHECK (status IN ('pending', 'delivered', 'failed')),
    attempts smallint NOT NULL DEFAULT 0 CONSTRAINT webhook_deliveries_attempts CHECK (attempts >= 0),
    response_status smallint CONSTRAINT webhook_deliveries_response_status CHECK (response_status BETWEEN 100 AND 999),
    error text CONSTRAINT webhook_deliveries_error CHECK (length(error) BETWEEN 1 AND 500),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    CONSTRAINT webhook_deliveries_end CHECK ((status = 'pending') = (finished_at IS NULL))
);

CREATE INDEX webhook_deliveries_webhook_idx ON webhook_deliveries (webhook_id, created_at DESC, id);
CREATE INDEX webhook_deliveries_notification_idx ON webhook_deliveries (notification_id);

COMMENT ON TABLE webhook_deliveries IS 'What was to be posted to a webhook, and how that went; the job that does it has the same id';
COMMENT ON COLUMN webhook_deliveries.notification_id IS 'What is told; null: a test';
COMMENT ON COLUMN webhook_deliveries.attempts IS 'How often it was posted';
COMMENT ON COLUMN webhook_deliveries.response_status IS 'What the server last answered; null: it gave no answer';
COMMENT ON COLUMN webhook_deliveries.error IS 'What went wrong last, in a sentence';

-- Whoever tells a user something queues its deliveries with it, in the same transaction.
CREATE FUNCTION queue_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH made AS (
        INSERT INTO webhook_deliveries (webhook_id, notification_id)
        SELECT w.id, NEW.id FROM webhooks w WHERE w.user_id = NEW.user_id AND w.is_active ORDER BY w.id FOR KEY SHARE
        RETURNING id)
    INSERT INTO jobs (id, job_type, user_id) SELECT id, 'deliver_webhook', NEW.user_id FROM made;
    RETURN NULL;
END $$;

CREATE TRIGGER notifications_webhooks AFTER INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION queue_webhooks();
