-- What a user keeps an eye on, in an order of their own.
CREATE TABLE watchlist_items (
    user_id uuid NOT NULL REFERENCES users (id),
    symbol_id integer NOT NULL REFERENCES symbols (id),
    position smallint NOT NULL CONSTRAINT watchlist_items_position CHECK (position BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, symbol_id),
    -- Held against what a statement leaves, not against each of its rows: entries change places in one.
    CONSTRAINT watchlist_items_user_position_key UNIQUE (user_id, position) DEFERRABLE
);

COMMENT ON TABLE watchlist_items IS 'The symbols a user watches; goes with the account';
COMMENT ON COLUMN watchlist_items.position IS 'From 1; with its uniqueness the most symbols a user watches';
COMMENT ON COLUMN watchlist_items.created_at IS 'Since when the symbol is on the list';
