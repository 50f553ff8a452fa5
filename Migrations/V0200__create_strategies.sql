-- A strategy is a name with versions. Deleting makes it inactive: its runs and trials stay.
CREATE TABLE strategies (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id),
    lineage_id uuid NOT NULL,
    name text NOT NULL CONSTRAINT strategies_name CHECK (length(name) BETWEEN 1 AND 255),
    description text NOT NULL DEFAULT '' CONSTRAINT strategies_description CHECK (length(description) <= 10000),
    asset_type text NOT NULL,
    timeframe text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT strategies_market CHECK ((asset_type, timeframe) IN (('EQUITY', '1d'), ('CRYPTO', '1d'), ('CRYPTO', '1h'))),
    CONSTRAINT strategies_owner_key UNIQUE (id, user_id)
);

-- The name of a deleted strategy is free again.
CREATE UNIQUE INDEX strategies_user_name_key ON strategies (user_id, name) WHERE is_active;
CREATE INDEX strategies_user_idx ON strategies (user_id, created_at DESC, id);
CREATE INDEX strategies_lineage_idx ON strategies (lineage_id);

CREATE TRIGGER strategies_owner_is_final BEFORE UPDATE ON strategies FOR EACH ROW
    WHEN ((OLD.id, OLD.user_id, OLD.created_at) IS DISTINCT FROM (NEW.id, NEW.user_id, NEW.created_at))
    EXECUTE FUNCTION refuse_change('strategies_owner_is_final');

COMMENT ON TABLE strategies IS 'Users'' strategies; what they do is in strategy_versions';
COMMENT ON COLUMN strategies.lineage_id IS 'Shared by duplicates and identical definitions: the family that trials are counted in';
COMMENT ON COLUMN strategies.name IS 'Unique a user among what is not deleted';
COMMENT ON COLUMN strategies.timeframe IS 'Length of the bars it is for';
COMMENT ON COLUMN strategies.is_active IS 'False: deleted by its owner';
