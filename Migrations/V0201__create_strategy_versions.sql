-- What a strategy does. Every change is a new version; runs pin one.
CREATE TABLE strategy_versions (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    strategy_id uuid NOT NULL REFERENCES strategies (id),
    version_number integer NOT NULL CONSTRAINT strategy_versions_version_number CHECK (version_number >= 1),
    definition_json jsonb NOT NULL
        CONSTRAINT strategy_versions_definition_json CHECK (jsonb_typeof(definition_json) = 'object'),
    definition_hash text NOT NULL
        CONSTRAINT strategy_versions_definition_hash CHECK (definition_hash ~ '^[0-9a-f]{64}$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT strategy_versions_number_key UNIQUE (strategy_id, version_number),
    -- For the runs' foreign key: the version belongs to the strategy.
    CONSTRAINT strategy_versions_strategy_key UNIQUE (strategy_id, id)
);

CREATE INDEX strategy_versions_definition_hash_idx ON strategy_versions (definition_hash);

CREATE TRIGGER strategy_versions_never_updated BEFORE UPDATE ON strategy_versions
    FOR EACH ROW EXECUTE FUNCTION refuse_change('strategy_versions_never_updated');

COMMENT ON TABLE strategy_versions IS 'Definitions of strategies, never updated';
COMMENT ON COLUMN strategy_versions.version_number IS 'Counts from 1 within the strategy';
COMMENT ON COLUMN strategy_versions.definition_json IS 'The definition; its form is in the engine''s documentation';
COMMENT ON COLUMN strategy_versions.definition_hash IS 'SHA-256, hex, of what it does: ids and the order of conditions do not matter';
