-- Files of prices that operators have brought, in pieces, until they are stored as bars or their time is over. The rows of a
-- file are made in one transaction, its own row last, so that nobody meets half of one.
CREATE TABLE uploads (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    name text NOT NULL CONSTRAINT uploads_name CHECK (length(name) BETWEEN 1 AND 255),
    bytes bigint NOT NULL CONSTRAINT uploads_bytes CHECK (bytes >= 1),
    sha256 bytea NOT NULL CONSTRAINT uploads_sha256 CHECK (octet_length(sha256) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT uploads_expiry CHECK (expires_at > created_at)
);

CREATE INDEX uploads_user_idx ON uploads (user_id, created_at DESC, id);

CREATE TABLE upload_chunks (
    upload_id uuid NOT NULL REFERENCES uploads (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    number integer NOT NULL CONSTRAINT upload_chunks_number CHECK (number >= 0),
    bytes bytea NOT NULL CONSTRAINT upload_chunks_bytes CHECK (octet_length(bytes) BETWEEN 1 AND 1048576),
    PRIMARY KEY (upload_id, number)
);

-- What comes is compressed already, or is read once or twice and removed: trying to compress it would only cost time.
ALTER TABLE upload_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;

COMMENT ON TABLE uploads IS 'Files of prices, until they are stored as bars or their time is over';
COMMENT ON COLUMN uploads.name IS 'As its user calls it';
COMMENT ON COLUMN uploads.bytes IS 'Of all chunks together';
COMMENT ON COLUMN uploads.sha256 IS 'Of all of it';
COMMENT ON COLUMN uploads.expires_at IS 'Removed after that, unless a job is to store it';
COMMENT ON TABLE upload_chunks IS 'The bytes of uploads, as they came: perhaps compressed';
COMMENT ON COLUMN upload_chunks.number IS 'From 0';
