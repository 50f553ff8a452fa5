-- Simulated money, one account a user. A numeric may be NaN, which counts as greater than all: refused by name.
CREATE TABLE paper_accounts (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT paper_accounts_user_key UNIQUE REFERENCES users (id),
    generation integer NOT NULL DEFAULT 1 CONSTRAINT paper_accounts_generation CHECK (generation >= 1),
    name text NOT NULL CONSTRAINT paper_accounts_name CHECK (length(name) BETWEEN 1 AND 100),
    base_currency text NOT NULL DEFAULT 'USD' CONSTRAINT paper_accounts_base_currency CHECK (base_currency ~ '^[A-Z]{3}$'),
    starting_balance numeric(18,2) NOT NULL
        CONSTRAINT paper_accounts_starting_balance CHECK (starting_balance >= 0 AND starting_balance <> 'NaN'),
    cash_balance numeric(18,2) NOT NULL
        CONSTRAINT paper_accounts_cash_balance CHECK (cash_balance >= 0 AND cash_balance <> 'NaN'),
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TRIGGER paper_accounts_identity_is_final BEFORE UPDATE ON paper_accounts FOR EACH ROW
    WHEN (OLD.user_id <> NEW.user_id OR OLD.base_currency <> NEW.base_currency OR NEW.generation < OLD.generation)
    EXECUTE FUNCTION refuse_change('paper_accounts_identity_is_final');

COMMENT ON TABLE paper_accounts IS 'Simulated money to trade with';
COMMENT ON COLUMN paper_accounts.generation IS 'Raised by a reset: what was before belongs to another life';
COMMENT ON COLUMN paper_accounts.starting_balance IS 'Cash at the start of this generation';
COMMENT ON COLUMN paper_accounts.cash_balance IS 'Cash now, never negative: nothing is bought on credit';
COMMENT ON COLUMN paper_accounts.is_active IS 'False: no orders are taken';
