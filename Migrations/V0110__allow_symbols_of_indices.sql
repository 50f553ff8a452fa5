-- Symbols as people write them: ^GSPC is an index, EURUSD=X a currency. Wider than before, so every row there is fits.
ALTER TABLE symbols
    DROP CONSTRAINT symbols_symbol,
    ADD CONSTRAINT symbols_symbol CHECK (symbol ~ '^[A-Z0-9^][A-Z0-9.=-]{0,31}$');
