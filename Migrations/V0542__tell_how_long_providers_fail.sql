-- A job that was queued days ago has not waited for its provider that long, and who is to begin anew once a key is taken is not
-- forgotten by another failure in between.
ALTER TABLE provider_states ADD COLUMN failing_since timestamptz, ADD COLUMN refused_at timestamptz;

COMMENT ON COLUMN provider_states.failing_since IS 'When the first of the failures was; null: there is none';
COMMENT ON COLUMN provider_states.refused_at IS 'When it did not take the key last, until what was refused for that has begun anew';
