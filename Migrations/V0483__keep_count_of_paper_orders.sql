-- A quota is one number in a row that whoever places an order locks anyway. The database counts, and not who inserts:
-- processes of the release before go on placing orders until they are replaced.
--
-- Once a statement and account: every count leaves a version of the account's row that the next one in the same transaction
-- has to pass.
CREATE FUNCTION count_orders() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    account integer;
    more bigint;
BEGIN
    -- One after another: a join would cost an order twice as much as this.
    FOR account, more IN SELECT paper_account_id, count(*) FROM added GROUP BY paper_account_id LOOP
        UPDATE paper_accounts SET orders = orders + more WHERE id = account;
    END LOOP;
    RETURN NULL;
END $$;

-- Nobody places an order between the count and the trigger, or has begun to: that locks the account's row, which this lock
-- on its table does not let anybody do. Who reads goes on. For the time-out see V0470.
SET LOCAL lock_timeout = '500ms';
LOCK TABLE paper_accounts, orders IN EXCLUSIVE MODE;
CREATE TRIGGER orders_count AFTER INSERT ON orders REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION count_orders();
UPDATE paper_accounts a SET orders = o.count
FROM (SELECT paper_account_id AS id, count(*) FROM orders GROUP BY paper_account_id) o WHERE a.id = o.id;
