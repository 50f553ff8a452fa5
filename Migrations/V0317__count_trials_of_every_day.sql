-- A trial's window is that of its run, which may be of every day that the API can name (V0307).
ALTER TABLE trials
    DROP CONSTRAINT trials_window,
    ADD CONSTRAINT trials_window CHECK (
        window_start >= '0001-01-01' AND window_end <= '9999-12-31' AND window_start <= window_end
    ) NOT VALID;
