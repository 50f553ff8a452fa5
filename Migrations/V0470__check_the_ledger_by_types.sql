-- Postgres reads the text of every CHECK of a table anew for each statement that writes to it, and the conditions of its
-- triggers: a sixth of what an order cost. The CHECKs of a type are read once a session. So a range that several columns
-- have is a type, which says it once, and what is left to the table is what several columns must say together.
--
-- The tables keep their files: a type without a CHECK is another name for the one below it, and gets its CHECK once all have
-- it. That looks at no row that is there, which was held to the same by its table until this very transaction; and VALIDATE
-- would lock all that have the type against writing.
CREATE DOMAIN exact_price AS numeric(28,12);
CREATE DOMAIN exact_quantity AS numeric(28,8);
CREATE DOMAIN exact_money AS numeric(18,2);
CREATE DOMAIN sha256_hash AS bytea;
CREATE DOMAIN order_sentence AS text;
CREATE DOMAIN client_order_id AS text;
CREATE DOMAIN order_refusal AS text;
CREATE DOMAIN time_in_force AS text;
CREATE DOMAIN account_name AS text;
CREATE DOMAIN fee_basis_points AS numeric(7,4);
CREATE DOMAIN smallest_fee AS numeric(18,2);

-- In the order in which an order takes them. Tried again after a pause: given up before the server looks for deadlocks, so
-- that no request is ended because of this.
SET LOCAL lock_timeout = '500ms';
LOCK TABLE paper_accounts, orders, executions, positions, paper_equity_points IN ACCESS EXCLUSIVE MODE;

ALTER TABLE paper_accounts
    DROP CONSTRAINT paper_accounts_name,
    DROP CONSTRAINT paper_accounts_starting_balance,
    DROP CONSTRAINT paper_accounts_cash_balance,
    DROP CONSTRAINT paper_accounts_fee_bps,
    DROP CONSTRAINT paper_accounts_min_fee,
    ALTER COLUMN name TYPE account_name,
    ALTER COLUMN starting_balance TYPE exact_money,
    ALTER COLUMN cash_balance TYPE exact_money,
    ALTER COLUMN fee_bps TYPE fee_basis_points,
    ALTER COLUMN min_fee TYPE smallest_fee;

-- No type of a column changes under the condition of a trigger.
DROP TRIGGER orders_question_is_final ON orders;
ALTER TABLE orders
    DROP CONSTRAINT orders_limit_price,
    DROP CONSTRAINT orders_stop_price,
    DROP CONSTRAINT orders_stop_loss,
    DROP CONSTRAINT orders_take_profit,
    DROP CONSTRAINT orders_avg_fill_price,
    DROP CONSTRAINT orders_held_cash,
    DROP CONSTRAINT orders_content_hash,
    DROP CONSTRAINT orders_detail,
    DROP CONSTRAINT orders_client_order_id,
    DROP CONSTRAINT orders_reject_reason,
    DROP CONSTRAINT orders_role,
    DROP CONSTRAINT orders_time_in_force,
    DROP CONSTRAINT orders_status,
    DROP CONSTRAINT orders_quantity,
    DROP CONSTRAINT orders_order_type,
    DROP CONSTRAINT orders_state,
    DROP CONSTRAINT orders_end,
    DROP CONSTRAINT orders_bracket,
    ALTER COLUMN limit_price TYPE exact_price,
    ALTER COLUMN stop_price TYPE exact_price,
    ALTER COLUMN stop_loss TYPE exact_price,
    ALTER COLUMN take_profit TYPE exact_price,
    ALTER COLUMN avg_fill_price TYPE exact_price,
    ALTER COLUMN quantity TYPE exact_quantity,
    ALTER COLUMN held_cash TYPE exact_money,
    ALTER COLUMN content_hash TYPE sha256_hash,
    ALTER COLUMN detail TYPE order_sentence,
    ALTER COLUMN client_order_id TYPE client_order_id,
    ALTER COLUMN reject_reason TYPE order_refusal,
    ALTER COLUMN time_in_force TYPE time_in_force,
    ADD CONSTRAINT orders_status CHECK (status = ANY ('{PENDING,FILLED,REJECTED,CANCELLED,EXPIRED}')) NOT VALID,
    -- A refused order may have come to nothing: so small a share of so little.
    ADD CONSTRAINT orders_quantity CHECK (quantity > 0 OR status = 'REJECTED') NOT VALID,
    ADD CONSTRAINT orders_order_type CHECK (
        order_type = ANY ('{MARKET,LIMIT,STOP,STOP_LIMIT}')
        AND (limit_price IS NOT NULL) = (order_type LIKE '%LIMIT') AND (stop_price IS NOT NULL) = (order_type LIKE 'STOP%')
    ) NOT VALID,
    ADD CONSTRAINT orders_state CHECK (
        CASE status
            WHEN 'FILLED' THEN num_nulls(avg_fill_price, filled_at, price_as_of) = 0 AND reject_reason IS NULL
            ELSE (reject_reason IS NOT NULL) = (status = 'REJECTED') AND num_nonnulls(avg_fill_price, filled_at) = 0
        END
    ) NOT VALID,
    -- What has ended holds nothing back. When it ended is not known of orders of earlier releases.
    ADD CONSTRAINT orders_end CHECK (CASE status WHEN 'PENDING' THEN ended_at IS NULL ELSE held_cash = 0 END) NOT VALID,
    ADD CONSTRAINT orders_bracket CHECK (
        CASE
            WHEN role IS NULL THEN num_nonnulls(entry_order_id, stop_loss, take_profit) = 0
            WHEN role = 'ENTRY' THEN side = 'BUY' AND entry_order_id IS NULL AND num_nonnulls(stop_loss, take_profit) > 0
            ELSE side = 'SELL' AND entry_order_id IS NOT NULL AND reduce_only
                AND role || ' by ' || order_type = ANY ('{STOP_LOSS by STOP,TAKE_PROFIT by LIMIT}')
        END
    ) NOT VALID;

ALTER TABLE executions
    DROP CONSTRAINT executions_price,
    DROP CONSTRAINT executions_notional,
    DROP CONSTRAINT executions_fee,
    DROP CONSTRAINT executions_notional_is_rounded,
    ALTER COLUMN price TYPE exact_price,
    ALTER COLUMN notional TYPE exact_money,
    ALTER COLUMN fee TYPE exact_money,
    ADD CONSTRAINT executions_notional_is_rounded CHECK (notional = round(quantity * price, 2)) NOT VALID;

ALTER TABLE positions
    DROP CONSTRAINT positions_quantity,
    DROP CONSTRAINT positions_cost_basis,
    DROP CONSTRAINT positions_nothing_costs_nothing,
    ALTER COLUMN quantity TYPE exact_quantity,
    ALTER COLUMN cost_basis TYPE exact_money,
    ADD CONSTRAINT positions_nothing_costs_nothing CHECK (quantity > 0 OR cost_basis = 0) NOT VALID;

ALTER TABLE paper_equity_points
    DROP CONSTRAINT paper_equity_points_equity,
    DROP CONSTRAINT paper_equity_points_cash,
    ALTER COLUMN equity TYPE exact_money,
    ALTER COLUMN cash TYPE exact_money;

-- A numeric may be NaN, which counts as greater than all: refused by name.
ALTER DOMAIN exact_price ADD CONSTRAINT exact_price CHECK (VALUE > 0 AND VALUE <> 'NaN') NOT VALID;
ALTER DOMAIN exact_quantity ADD CONSTRAINT exact_quantity CHECK (VALUE >= 0 AND VALUE <> 'NaN') NOT VALID;
ALTER DOMAIN exact_money ADD CONSTRAINT exact_money CHECK (VALUE >= 0 AND VALUE <> 'NaN') NOT VALID;
ALTER DOMAIN sha256_hash ADD CONSTRAINT sha256_hash CHECK (octet_length(VALUE) = 32) NOT VALID;
ALTER DOMAIN order_sentence ADD CONSTRAINT order_sentence CHECK (length(VALUE) <= 500) NOT VALID;
ALTER DOMAIN client_order_id ADD CONSTRAINT client_order_id CHECK (length(VALUE) BETWEEN 1 AND 64) NOT VALID;
ALTER DOMAIN order_refusal ADD CONSTRAINT order_refusal CHECK (
    VALUE IN ('NO_MARKET_PRICE', 'MIN_NOTIONAL', 'MAX_ORDER_NOTIONAL', 'MAX_POSITION_PCT',
        'MIN_CASH_REMAINING', 'INSUFFICIENT_CASH', 'INSUFFICIENT_POSITION', 'WOULD_FILL_AT_ONCE',
        'BRACKET_WRONG_SIDE', 'TOO_MANY_ORDERS', 'AMOUNT_TOO_LARGE', 'SYMBOL_INACTIVE')
) NOT VALID;
ALTER DOMAIN time_in_force ADD CONSTRAINT time_in_force CHECK (VALUE IN ('DAY', 'GTC')) NOT VALID;
ALTER DOMAIN account_name ADD CONSTRAINT account_name CHECK (length(VALUE) BETWEEN 1 AND 100) NOT VALID;
ALTER DOMAIN fee_basis_points ADD CONSTRAINT fee_basis_points CHECK (VALUE >= 0 AND VALUE <= 500) NOT VALID;
ALTER DOMAIN smallest_fee ADD CONSTRAINT smallest_fee CHECK (VALUE >= 0 AND VALUE <= 1000) NOT VALID;

-- Its condition is not even read by a statement that sets none of these.
CREATE TRIGGER orders_question_is_final
    BEFORE UPDATE OF id, paper_account_id, generation, symbol_id, side, order_type, client_order_id, requested_at,
        content_hash, role, entry_order_id
    ON orders FOR EACH ROW
    WHEN (
        (OLD.id, OLD.paper_account_id, OLD.generation, OLD.symbol_id, OLD.side, OLD.order_type, OLD.client_order_id,
            OLD.requested_at, OLD.content_hash, OLD.role, OLD.entry_order_id)
        IS DISTINCT FROM
        (NEW.id, NEW.paper_account_id, NEW.generation, NEW.symbol_id, NEW.side, NEW.order_type, NEW.client_order_id,
            NEW.requested_at, NEW.content_hash, NEW.role, NEW.entry_order_id)
    )
    EXECUTE FUNCTION refuse_change('orders_question_is_final');

COMMENT ON DOMAIN exact_price IS 'Of one unit, in the ledger';
COMMENT ON DOMAIN exact_quantity IS 'Units, long only';
COMMENT ON DOMAIN exact_money IS 'Never negative: nothing is bought on credit';
COMMENT ON DOMAIN order_refusal IS 'Why an order was not taken';
COMMENT ON DOMAIN order_sentence IS 'What happened to an order, in a sentence';
