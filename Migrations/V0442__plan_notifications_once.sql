-- A function in SQL is planned each time it is called from another; one in PL/pgSQL once a session. It is called for every
-- order, of which most are told to nobody.
CREATE OR REPLACE FUNCTION notify_subscriber(
    whom uuid, what text, about_symbol integer, about uuid, words text, once text DEFAULT NULL
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notifications (user_id, kind, symbol_id, subject_id, detail, dedupe_key)
    SELECT a.user_id, a.kind, about_symbol, about, left(words, 1000), once FROM alerts a
    WHERE a.user_id = whom AND a.kind = what AND a.symbol_id IS NULL FOR KEY SHARE
    ON CONFLICT (user_id, dedupe_key) DO NOTHING;
END $$;
