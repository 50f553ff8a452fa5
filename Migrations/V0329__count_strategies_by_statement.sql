-- Once a statement and user, and no longer once a row (V0327): every count leaves a version of the user's row that the next
-- one in the same transaction has to pass, so the work of a statement grew with the square of its rows.
DROP TRIGGER strategies_count ON strategies;
DROP TRIGGER strategy_versions_count ON strategy_versions;
DROP FUNCTION count_strategy();
DROP FUNCTION count_strategy_version();

-- For rows that are added (1) or removed (-1).
CREATE FUNCTION count_strategies() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sign bigint := TG_ARGV[0];
BEGIN
    PERFORM count_for_user(
        user_id, sign * sum(is_active::int), 0, sign * sum(octet_length(name) + octet_length(description)))
    FROM counted GROUP BY user_id;
    RETURN NULL;
END $$;

-- Without a join, which might be planned for one row and be used for all.
CREATE FUNCTION count_changed_strategies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_for_user(user_id, sum(more_strategies), 0, sum(more_bytes))
    FROM (
        SELECT user_id, is_active::int AS more_strategies, octet_length(name) + octet_length(description) AS more_bytes
        FROM added
        UNION ALL
        SELECT user_id, -is_active::int, -octet_length(name) - octet_length(description) FROM removed
    ) AS both_sides
    GROUP BY user_id HAVING (sum(more_strategies), sum(more_bytes)) <> (0, 0);
    RETURN NULL;
END $$;

CREATE TRIGGER strategies_count_added AFTER INSERT ON strategies REFERENCING NEW TABLE AS counted
    FOR EACH STATEMENT EXECUTE FUNCTION count_strategies('1');
CREATE TRIGGER strategies_count_changed AFTER UPDATE ON strategies REFERENCING NEW TABLE AS added OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION count_changed_strategies();
CREATE TRIGGER strategies_count_removed AFTER DELETE ON strategies REFERENCING OLD TABLE AS counted
    FOR EACH STATEMENT EXECUTE FUNCTION count_strategies('-1');

CREATE FUNCTION count_strategy_versions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sign bigint := TG_ARGV[0];
BEGIN
    PERFORM count_for_user(s.user_id, 0, sign * count(*), sign * sum(octet_length(v.definition_json::text)))
    FROM counted v JOIN strategies s ON s.id = v.strategy_id GROUP BY s.user_id;
    RETURN NULL;
END $$;

CREATE TRIGGER strategy_versions_count_added AFTER INSERT ON strategy_versions REFERENCING NEW TABLE AS counted
    FOR EACH STATEMENT EXECUTE FUNCTION count_strategy_versions('1');
CREATE TRIGGER strategy_versions_count_removed AFTER DELETE ON strategy_versions REFERENCING OLD TABLE AS counted
    FOR EACH STATEMENT EXECUTE FUNCTION count_strategy_versions('-1');
