-- What a trial left after the market: the best of many is compared with the spread of these, too. Of older trials the
-- maintenance computes it from their runs where those are there; nothing else of a trial may change.
ALTER TABLE trials
    ADD COLUMN excess_count integer,
    ADD COLUMN excess_mean double precision,
    ADD COLUMN excess_sd double precision,
    ADD CONSTRAINT trials_excess_count CHECK (excess_count >= 0) NOT VALID,
    ADD CONSTRAINT trials_excess_mean CHECK (abs(excess_mean) < 'Infinity') NOT VALID,
    ADD CONSTRAINT trials_excess_sd CHECK (excess_sd >= 0 AND excess_sd < 'Infinity') NOT VALID;

DROP TRIGGER trials_append_only ON trials;
CREATE TRIGGER trials_append_only BEFORE UPDATE ON trials FOR EACH ROW
    WHEN (
        to_jsonb(NEW) - 'owner_id' - 'lineage_id' - 'excess_count' - 'excess_mean' - 'excess_sd'
            IS DISTINCT FROM to_jsonb(OLD) - 'owner_id' - 'lineage_id' - 'excess_count' - 'excess_mean' - 'excess_sd'
        OR (NEW.owner_id IS NOT NULL AND NEW.owner_id IS DISTINCT FROM OLD.owner_id)
        OR (NEW.lineage_id IS NOT NULL AND NEW.lineage_id IS DISTINCT FROM OLD.lineage_id)
        OR (
            OLD.excess_count IS NOT NULL
            AND (NEW.excess_count, NEW.excess_mean, NEW.excess_sd)
                IS DISTINCT FROM (OLD.excess_count, OLD.excess_mean, OLD.excess_sd)
        )
    )
    EXECUTE FUNCTION refuse_change('trials_append_only');

COMMENT ON COLUMN trials.excess_count IS 'Returns that have one of the market beside them; 0: there is nothing to tell; null: not computed yet';
COMMENT ON COLUMN trials.excess_mean IS 'Mean of r - beta * b, a bar';
COMMENT ON COLUMN trials.excess_sd IS 'Its standard deviation, divisor T-1';
