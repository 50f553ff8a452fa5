-- Looks through what V0490 only holds new rows to.
ALTER TABLE replays VALIDATE CONSTRAINT replays_speed;
