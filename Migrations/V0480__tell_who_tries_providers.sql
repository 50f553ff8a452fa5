-- While one job tries a provider whose pause is over, nobody else asks it: which is another thing than the pause, and told so.
ALTER TABLE provider_states ADD COLUMN tried_until timestamptz;

COMMENT ON COLUMN provider_states.tried_until IS 'As open_until where nobody asks because one job tries it';
