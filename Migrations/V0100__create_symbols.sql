-- What can be traded. Never deleted: a ticker that ends is made inactive, and its letters may be used again.
CREATE TABLE symbols (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    symbol text NOT NULL CONSTRAINT symbols_symbol CHECK (symbol ~ '^[A-Z0-9][A-Z0-9.-]{0,31}$'),
    name text NOT NULL CONSTRAINT symbols_name CHECK (length(name) BETWEEN 1 AND 255),
    asset_type text NOT NULL CONSTRAINT symbols_asset_type CHECK (asset_type IN ('EQUITY', 'CRYPTO')),
    exchange text CONSTRAINT symbols_exchange CHECK (length(exchange) BETWEEN 1 AND 64),
    currency text NOT NULL DEFAULT 'USD' CONSTRAINT symbols_currency CHECK (currency ~ '^[A-Z0-9]{2,12}$'),
    base_asset text CONSTRAINT symbols_base_asset CHECK (base_asset ~ '^[A-Z0-9]{1,20}$'),
    quote_asset text CONSTRAINT symbols_quote_asset CHECK (quote_asset ~ '^[A-Z0-9]{1,20}$'),
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT symbols_pair CHECK (
        CASE asset_type
            WHEN 'CRYPTO' THEN base_asset IS NOT NULL AND quote_asset IS NOT NULL AND base_asset <> quote_asset
            ELSE base_asset IS NULL AND quote_asset IS NULL
        END
    )
);

CREATE UNIQUE INDEX symbols_active_symbol_key ON symbols (symbol) WHERE is_active;

-- For every table whose rows are not to be changed. The argument names the rule in the error.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is not allowed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0], TABLE = TG_TABLE_NAME;
END $$;

-- Its bars and runs depend on it.
CREATE TRIGGER symbols_kind_is_final BEFORE UPDATE ON symbols
    FOR EACH ROW WHEN (OLD.asset_type <> NEW.asset_type) EXECUTE FUNCTION refuse_change('symbols_kind_is_final');
CREATE TRIGGER symbols_never_deleted BEFORE DELETE ON symbols
    FOR EACH ROW EXECUTE FUNCTION refuse_change('symbols_never_deleted');

COMMENT ON TABLE symbols IS 'What can be traded; never deleted';
COMMENT ON COLUMN symbols.symbol IS 'Ticker (AAPL) or pair (BTC-USD), unique while active';
COMMENT ON COLUMN symbols.exchange IS 'Where it is listed; null when unknown';
COMMENT ON COLUMN symbols.currency IS 'What its prices are in';
COMMENT ON COLUMN symbols.base_asset IS 'CRYPTO only: what is traded (BTC)';
COMMENT ON COLUMN symbols.quote_asset IS 'CRYPTO only: what it is priced in (USD)';
COMMENT ON COLUMN symbols.is_active IS 'False when it is no longer traded, or hidden';
