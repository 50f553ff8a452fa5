-- What a paper account holds now.
CREATE TABLE positions (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    paper_account_id integer NOT NULL REFERENCES paper_accounts (id),
    symbol_id integer NOT NULL REFERENCES symbols (id),
    quantity numeric(28,8) NOT NULL CONSTRAINT positions_quantity CHECK (quantity >= 0 AND quantity <> 'NaN'),
    cost_basis numeric(18,2) NOT NULL CONSTRAINT positions_cost_basis CHECK (cost_basis >= 0 AND cost_basis <> 'NaN'),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT positions_symbol_key UNIQUE (paper_account_id, symbol_id),
    CONSTRAINT positions_nothing_costs_nothing CHECK (quantity > 0 OR cost_basis = 0)
);

CREATE INDEX positions_symbol_idx ON positions (symbol_id);

COMMENT ON TABLE positions IS 'What paper accounts hold';
COMMENT ON COLUMN positions.quantity IS 'Units, long only';
COMMENT ON COLUMN positions.cost_basis IS 'What the units held cost; average cost is cost_basis / quantity';
