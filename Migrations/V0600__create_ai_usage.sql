-- How often a user asked the advisor, by UTC day.
CREATE TABLE ai_usage (
    user_id uuid NOT NULL REFERENCES users (id),
    date date NOT NULL CONSTRAINT ai_usage_date CHECK (isfinite(date)),
    calls integer NOT NULL DEFAULT 0 CONSTRAINT ai_usage_calls CHECK (calls >= 0),
    PRIMARY KEY (user_id, date)
);

COMMENT ON TABLE ai_usage IS 'Calls of the advisor a user and day';
COMMENT ON COLUMN ai_usage.date IS 'UTC day';
