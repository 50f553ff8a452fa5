-- V0313's index holds all that this one held.
DROP INDEX trials_ledger_idx;
