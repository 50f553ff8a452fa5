-- How the vendors of prices have answered lately, for all hosts together: one that fails again and again, or that wants to be
-- left alone, is not asked by anybody until open_until. After that one job asks, and open_until is moved on for as long as
-- that may take; its answer shuts the breaker or leaves it open.
CREATE TABLE provider_states (
    provider text PRIMARY KEY CONSTRAINT provider_states_provider CHECK (provider ~ '^[a-z][a-z0-9_]{0,63}$'),
    failures integer NOT NULL DEFAULT 0 CONSTRAINT provider_states_failures CHECK (failures >= 0),
    open_until timestamptz,
    last_success_at timestamptz,
    last_failure_at timestamptz,
    last_error_code text CONSTRAINT provider_states_last_error_code CHECK (last_error_code ~ '^[A-Z][A-Z0-9_]{0,63}$'),
    CONSTRAINT provider_states_failure CHECK ((last_failure_at IS NULL) = (last_error_code IS NULL))
);

COMMENT ON TABLE provider_states IS 'The circuit breakers of the vendors of prices';
COMMENT ON COLUMN provider_states.failures IS 'One after the other, up to now';
COMMENT ON COLUMN provider_states.open_until IS 'Nobody asks before; null: anybody may';
COMMENT ON COLUMN provider_states.last_success_at IS 'When bars came last';
COMMENT ON COLUMN provider_states.last_failure_at IS 'When it failed last, and last_error_code how';
