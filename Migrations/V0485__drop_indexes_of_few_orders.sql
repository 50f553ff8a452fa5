-- What those of V0484 do as well.
DROP INDEX CONCURRENTLY IF EXISTS orders_account_idx;
DROP INDEX CONCURRENTLY IF EXISTS executions_ledger_idx;
