-- A split changes what a unit is: all prices of a series are restated, and what paper accounts hold has to be, too, in the
-- transaction of the new bars (Sources/App/PaperTrading/Rescaling.swift).

ALTER TABLE bar_series ADD COLUMN is_out_of_scale boolean NOT NULL DEFAULT false;

COMMENT ON COLUMN bar_series.is_out_of_scale IS 'Another series of the symbol was restated, and this one not yet: nothing trades by it until it is';

CREATE TABLE series_rescalings (
    symbol_id integer NOT NULL REFERENCES symbols (id),
    interval text NOT NULL CONSTRAINT series_rescalings_interval CHECK (interval IN ('1d', '1h')),
    revision bigint NOT NULL CONSTRAINT series_rescalings_revision CHECK (revision >= 1),
    numerator bigint NOT NULL,
    denominator bigint NOT NULL,
    rescaled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (symbol_id, interval, revision),
    CONSTRAINT series_rescalings_scale CHECK (numerator > 0 AND denominator > 0 AND numerator <> denominator)
);

CREATE TRIGGER series_rescalings_append_only BEFORE UPDATE OR DELETE ON series_rescalings
    FOR EACH ROW EXECUTE FUNCTION refuse_change('series_rescalings_append_only');
CREATE TRIGGER series_rescalings_never_truncated BEFORE TRUNCATE ON series_rescalings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('series_rescalings_append_only');

COMMENT ON TABLE series_rescalings IS 'When all prices of a series were restated, as after a split';
COMMENT ON COLUMN series_rescalings.revision IS 'Of the series, from which on its prices are of the new scale';
COMMENT ON COLUMN series_rescalings.numerator IS 'So many new units are as many old ones as denominator says';
COMMENT ON COLUMN series_rescalings.denominator IS 'Old units';

CREATE TABLE position_rescalings (
    sequence bigint PRIMARY KEY,
    paper_account_id integer NOT NULL REFERENCES paper_accounts (id),
    generation integer NOT NULL CONSTRAINT position_rescalings_generation CHECK (generation >= 1),
    symbol_id integer NOT NULL,
    numerator bigint NOT NULL,
    denominator bigint NOT NULL,
    quantity_before exact_quantity NOT NULL,
    quantity_after exact_quantity NOT NULL,
    bar_interval text NOT NULL,
    bar_revision bigint NOT NULL,
    detail order_sentence NOT NULL,
    rescaled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT position_rescalings_series_fkey FOREIGN KEY (symbol_id, bar_interval, bar_revision)
        REFERENCES series_rescalings (symbol_id, interval, revision),
    CONSTRAINT position_rescalings_scale CHECK (numerator > 0 AND denominator > 0 AND numerator <> denominator),
    -- Down, but never to nothing, and never beyond what a ledger can hold.
    CONSTRAINT position_rescalings_quantity CHECK (
        quantity_before > 0 AND quantity_after =
            least(greatest(div(quantity_before * 100000000 * numerator, denominator), 1), 9999999999999999999999999999)
            * 0.00000001
    )
);

CREATE INDEX position_rescalings_account_idx ON position_rescalings (paper_account_id, generation, sequence);

CREATE TRIGGER position_rescalings_append_only BEFORE UPDATE OR DELETE ON position_rescalings
    FOR EACH ROW EXECUTE FUNCTION refuse_change('position_rescalings_append_only');
CREATE TRIGGER position_rescalings_never_truncated BEFORE TRUNCATE ON position_rescalings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('position_rescalings_append_only');

COMMENT ON TABLE position_rescalings IS 'What splits have made of what paper accounts held; with the executions the ledger of paper trading';
COMMENT ON COLUMN position_rescalings.sequence IS 'Of the same numbers as executions.sequence: in this order the ledger was written';
COMMENT ON COLUMN position_rescalings.generation IS 'paper_accounts.generation at that moment';
COMMENT ON COLUMN position_rescalings.numerator IS 'So many new units are as many old ones as denominator says';
COMMENT ON COLUMN position_rescalings.denominator IS 'Old units';
COMMENT ON COLUMN position_rescalings.quantity_after IS 'What it cost stays';
COMMENT ON COLUMN position_rescalings.bar_interval IS 'With bar_revision: the series by which it was rescaled';
COMMENT ON COLUMN position_rescalings.detail IS 'What happened, in a sentence';
