-- What those of V0484 do as well. For the time-out see V0470.
SET LOCAL lock_timeout = '500ms';
DROP INDEX orders_account_idx;
DROP INDEX executions_ledger_idx;
