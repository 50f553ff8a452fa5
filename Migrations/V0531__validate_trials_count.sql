-- Looks through what V0530 only holds new rows to.
ALTER TABLE user_usage VALIDATE CONSTRAINT user_usage_trials;
