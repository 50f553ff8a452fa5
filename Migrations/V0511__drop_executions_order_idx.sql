-- V0510 has the one that finds the same.
SET LOCAL lock_timeout = '500ms';
DROP INDEX executions_order_idx;
