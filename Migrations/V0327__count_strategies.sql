-- Strategies count towards quotas too, as runs do (V0320): those that are not deleted, and what all of them, the deleted
-- ones included, keep for their runs and trials.
ALTER TABLE user_usage
    ADD COLUMN strategies bigint NOT NULL DEFAULT 0,
    ADD COLUMN strategy_versions bigint NOT NULL DEFAULT 0,
    ADD COLUMN strategy_bytes bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT user_usage_strategies CHECK (strategies >= 0) NOT VALID,
    ADD CONSTRAINT user_usage_strategy_versions CHECK (strategy_versions >= 0) NOT VALID,
    ADD CONSTRAINT user_usage_strategy_bytes CHECK (strategy_bytes >= 0) NOT VALID;

-- Nobody may add one between the count and the trigger.
LOCK TABLE strategies, strategy_versions IN SHARE ROW EXCLUSIVE MODE;

CREATE FUNCTION count_for_user(
    owner uuid, more_strategies bigint, more_versions bigint, more_bytes bigint
) RETURNS void LANGUAGE sql AS $$
    -- A row's rules are held against what is to be inserted before it is found to be there: so nothing below 0.
    INSERT INTO user_usage AS u (user_id, runs, equity_points, strategies, strategy_versions, strategy_bytes)
        VALUES (owner, 0, 0, greatest(0, more_strategies), greatest(0, more_versions), greatest(0, more_bytes))
    ON CONFLICT (user_id) DO UPDATE SET strategies = u.strategies + more_strategies,
        strategy_versions = u.strategy_versions + more_versions, strategy_bytes = u.strategy_bytes + more_bytes
$$;

SELECT count_for_user(
    s.user_id, sum(s.is_active::int), sum(v.count)::bigint,
    (sum(octet_length(s.name) + octet_length(s.description)) + sum(v.bytes))::bigint)
FROM strategies s
CROSS JOIN LATERAL (
    SELECT count(*), coalesce(sum(octet_length(definition_json::text)), 0) AS bytes FROM strategy_versions
    WHERE strategy_id = s.id
) AS v
GROUP BY s.user_id;

CREATE FUNCTION count_strategy() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    more_strategies bigint := 0;
    more_bytes bigint := 0;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        more_strategies := NEW.is_active::int;
        more_bytes := octet_length(NEW.name) + octet_length(NEW.description);
    END IF;
    IF TG_OP <> 'INSERT' THEN
        more_strategies := more_strategies - OLD.is_active::int;
        more_bytes := more_bytes - octet_length(OLD.name) - octet_length(OLD.description);
    END IF;
    PERFORM count_for_user(coalesce(NEW.user_id, OLD.user_id), more_strategies, 0, more_bytes);
    RETURN NULL;
END $$;

CREATE TRIGGER strategies_count AFTER INSERT OR UPDATE OF name, description, is_active OR DELETE ON strategies
    FOR EACH ROW EXECUTE FUNCTION count_strategy();

CREATE FUNCTION count_strategy_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sign bigint := CASE TG_OP WHEN 'DELETE' THEN -1 ELSE 1 END;
    version strategy_versions := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    PERFORM count_for_user(s.user_id, 0, sign, sign * octet_length(version.definition_json::text))
    FROM strategies s WHERE s.id = version.strategy_id;
    RETURN NULL;
END $$;

CREATE TRIGGER strategy_versions_count AFTER INSERT OR DELETE ON strategy_versions
    FOR EACH ROW EXECUTE FUNCTION count_strategy_version();

COMMENT ON COLUMN user_usage.strategies IS 'Rows in strategies that are not deleted';
COMMENT ON COLUMN user_usage.strategy_versions IS 'Rows in strategy_versions, those of deleted strategies included';
COMMENT ON COLUMN user_usage.strategy_bytes IS 'Bytes of names, descriptions and definitions, those of deleted strategies included';
