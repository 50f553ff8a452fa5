-- Where each of the 64 audit chains ends, and where it begins after pruning. Both carry a signature whose key is not in
-- the database, so neither can be set back to hide events that were cut off.
CREATE TABLE audit_heads (
    stream smallint PRIMARY KEY CONSTRAINT audit_heads_stream CHECK (stream BETWEEN 0 AND 63),
    last_id bigint NOT NULL CONSTRAINT audit_heads_last_id CHECK (last_id >= 0),
    last_hash bytea NOT NULL CONSTRAINT audit_heads_last_hash CHECK (octet_length(last_hash) = 32),
    count bigint NOT NULL CONSTRAINT audit_heads_count CHECK (count >= 0),
    mac bytea CONSTRAINT audit_heads_mac CHECK (octet_length(mac) = 32),
    CONSTRAINT audit_heads_signed CHECK ((mac IS NULL) = (count = 0))
);

INSERT INTO audit_heads (stream, last_id, last_hash, count)
SELECT stream, 0, decode(repeat('00', 32), 'hex'), 0 FROM generate_series(0, 63) AS stream;

CREATE TABLE audit_anchors (
    stream smallint PRIMARY KEY REFERENCES audit_heads (stream),
    last_id bigint NOT NULL CONSTRAINT audit_anchors_last_id CHECK (last_id > 0),
    last_hash bytea NOT NULL CONSTRAINT audit_anchors_last_hash CHECK (octet_length(last_hash) = 32),
    count bigint NOT NULL CONSTRAINT audit_anchors_count CHECK (count > 0),
    mac bytea NOT NULL CONSTRAINT audit_anchors_mac CHECK (octet_length(mac) = 32),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

COMMENT ON TABLE audit_heads IS 'The last event of each audit chain; locked last in a transaction that tells of a change';
COMMENT ON COLUMN audit_heads.count IS 'Events the chain ever had, pruned ones too';
COMMENT ON COLUMN audit_heads.mac IS 'HMAC-SHA-256 over stream, last id, count and last hash; null while there was no event';
COMMENT ON TABLE audit_anchors IS 'The last event that pruning took from a chain: what is left begins behind it';
COMMENT ON COLUMN audit_anchors.count IS 'Events pruned so far';
