-- One reason more. Rows that are there were held to the shorter list, which the longer one has in it: none is looked at.
ALTER DOMAIN order_refusal DROP CONSTRAINT order_refusal;
ALTER DOMAIN order_refusal ADD CONSTRAINT order_refusal CHECK (
    VALUE IN ('NO_MARKET_PRICE', 'MIN_NOTIONAL', 'MAX_ORDER_NOTIONAL', 'MAX_POSITION_PCT',
        'MIN_CASH_REMAINING', 'INSUFFICIENT_CASH', 'INSUFFICIENT_POSITION', 'WOULD_FILL_AT_ONCE',
        'BRACKET_WRONG_SIDE', 'TOO_MANY_ORDERS', 'AMOUNT_TOO_LARGE', 'SYMBOL_INACTIVE', 'OTHER_CURRENCY')
) NOT VALID;
