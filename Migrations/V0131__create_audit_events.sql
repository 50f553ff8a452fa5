-- What happened, in 64 hash chains by user. Written in the transaction of the change it tells of.
CREATE TABLE audit_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid REFERENCES users (id) ON DELETE SET NULL,
    stream smallint NOT NULL CONSTRAINT audit_events_stream CHECK (stream BETWEEN 0 AND 63),
    event_type text NOT NULL CONSTRAINT audit_events_event_type CHECK (event_type ~ '^[a-z][a-z0-9_.]{0,63}$'),
    payload_json jsonb CONSTRAINT audit_events_payload_json CHECK (jsonb_typeof(payload_json) = 'object'),
    payload_salt bytea CONSTRAINT audit_events_payload_salt CHECK (octet_length(payload_salt) = 16),
    payload_digest bytea NOT NULL CONSTRAINT audit_events_payload_digest CHECK (octet_length(payload_digest) = 32),
    request_id text CONSTRAINT audit_events_request_id CHECK (request_id ~ '^[A-Za-z0-9._-]{1,64}$'),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    prev_hash bytea NOT NULL CONSTRAINT audit_events_prev_hash CHECK (octet_length(prev_hash) = 32),
    hash bytea NOT NULL CONSTRAINT audit_events_hash CHECK (octet_length(hash) = 32),
    CONSTRAINT audit_events_payload CHECK ((payload_json IS NULL) = (payload_salt IS NULL)),
    -- A chain never forks: no two events follow the same one.
    CONSTRAINT audit_events_chain UNIQUE (stream, prev_hash)
);

CREATE INDEX audit_events_stream_idx ON audit_events (stream, id);
CREATE INDEX audit_events_user_idx ON audit_events (user_id, id);
CREATE INDEX audit_events_created_at_idx ON audit_events (created_at);

-- Only a person may be taken out: the reference to the user, and the payload with its salt, to nothing.
CREATE TRIGGER audit_events_append_only BEFORE UPDATE ON audit_events FOR EACH ROW
    WHEN (
        (OLD.id, OLD.stream, OLD.event_type, OLD.payload_digest, OLD.request_id, OLD.created_at, OLD.prev_hash, OLD.hash)
            IS DISTINCT FROM
            (NEW.id, NEW.stream, NEW.event_type, NEW.payload_digest, NEW.request_id, NEW.created_at, NEW.prev_hash, NEW.hash)
        OR (NEW.user_id IS NOT NULL AND NEW.user_id IS DISTINCT FROM OLD.user_id)
        OR (NEW.payload_json IS NOT NULL AND NEW.payload_json IS DISTINCT FROM OLD.payload_json)
        OR (NEW.payload_salt IS NOT NULL AND NEW.payload_salt IS DISTINCT FROM OLD.payload_salt)
    )
    EXECUTE FUNCTION refuse_change('audit_events_append_only');

-- Pruning behind a signed anchor says SET LOCAL bitstockerz.audit_prune = 'on' first; nothing else deletes.
CREATE FUNCTION audit_events_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('bitstockerz.audit_prune', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'audit events are only pruned, behind an anchor'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_events_append_only', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER audit_events_never_deleted BEFORE DELETE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse_delete();
CREATE TRIGGER audit_events_never_truncated BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('audit_events_append_only');

COMMENT ON TABLE audit_events IS 'Who did what, append-only';
COMMENT ON COLUMN audit_events.user_id IS 'Whom it concerns; not covered by the hash, null when unknown or erased';
COMMENT ON COLUMN audit_events.stream IS 'Which chain, by user';
COMMENT ON COLUMN audit_events.payload_json IS 'What happened; null after erasure';
COMMENT ON COLUMN audit_events.payload_salt IS '16 random bytes; erased with the payload, so that it cannot be guessed from its digest';
COMMENT ON COLUMN audit_events.payload_digest IS 'SHA-256 over salt and payload; stays when they are erased';
COMMENT ON COLUMN audit_events.request_id IS 'The HTTP request it happened in';
COMMENT ON COLUMN audit_events.prev_hash IS 'The hash before it in its stream; 32 zero bytes for the first';
COMMENT ON COLUMN audit_events.hash IS 'HMAC-SHA-256 over previous hash, id, event type, time in microseconds and payload digest; the key is not in the database';
