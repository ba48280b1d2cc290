-- Read and written by the crate `directory`: how each official register is doing, shared by every role that asks it.
--
-- A register's quota belongs to the organisation and not to a process, and a register that fails one replica fails
-- the other. One row a register; its lock is held for the time of one short function and never while a register is asked.
CREATE TABLE directory.registers (
    source        text          PRIMARY KEY,
    -- Where it was asked. With another address the breaker begins anew: what failed there says nothing of here.
    address       text          NOT NULL,
    -- The calls of the last quota window.
    calls         timestamptz[] NOT NULL DEFAULT '{}',
    -- Faults in a row.
    faults        integer       NOT NULL DEFAULT 0,
    -- Set while the breaker is open. Once past, one call goes through as a trial.
    resting_until timestamptz,
    answered_at   timestamptz,
    failed_at     timestamptz,
    -- A code such as `timeout`, never what was asked about.
    failure       text
);

-- Takes one call, when the quota and the breaker allow it. Answers `granted`, `spent` or `resting`, and how many calls
-- are left in the window. `p_first` is false for a further call of one question (a redirect, a successor): the breaker
-- has let that question through already.
CREATE FUNCTION directory.take_register_call(
    p_source text, p_address text, p_calls_max integer, p_window interval, p_rest interval, p_first boolean,
    OUT verdict text, OUT calls_left integer
) LANGUAGE plpgsql AS $$
DECLARE
    register directory.registers;
    recent timestamptz[];
    moment timestamptz;
BEGIN
    INSERT INTO directory.registers (source, address) VALUES (p_source, p_address) ON CONFLICT DO NOTHING;
    SELECT * INTO register FROM directory.registers WHERE source = p_source FOR UPDATE;
    -- Read behind the lock: whoever had it before has moved on in time.
    moment := clock_timestamp();
    IF register.address <> p_address THEN
        UPDATE directory.registers SET address = p_address, faults = 0, resting_until = NULL, failure = NULL
         WHERE source = p_source;
        register.resting_until := NULL;
    END IF;
    recent := ARRAY(SELECT call FROM unnest(register.calls) AS call WHERE call > moment - p_window ORDER BY call);
    calls_left := greatest(p_calls_max - cardinality(recent), 0);
    IF p_first AND register.resting_until > moment THEN
        verdict := 'resting';
    ELSIF calls_left = 0 THEN
        verdict := 'spent';
    ELSE
        verdict := 'granted';
        calls_left := calls_left - 1;
        UPDATE directory.registers
           SET calls = recent || moment,
               -- After the rest one trial goes through; the others wait for its result, or for another rest.
               resting_until = CASE WHEN p_first AND register.resting_until IS NOT NULL THEN moment + p_rest
                                    ELSE register.resting_until END
         WHERE source = p_source;
    END IF;
END $$;

-- Notes how a call ended; `p_failure` is null when the register is well. `p_rest_now`, where the register asked for it,
-- opens the breaker at once. True when the breaker opens by it.
CREATE FUNCTION directory.note_register_call(
    p_source text, p_failure text, p_faults_max integer, p_rest interval, p_rest_now interval
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    register directory.registers;
    opens boolean;
BEGIN
    SELECT * INTO register FROM directory.registers WHERE source = p_source FOR UPDATE;
    IF p_failure IS NULL THEN
        UPDATE directory.registers SET faults = 0, resting_until = NULL, failure = NULL, answered_at = clock_timestamp()
         WHERE source = p_source;
        RETURN false;
    END IF;
    opens := p_rest_now IS NOT NULL OR register.faults + 1 >= p_faults_max;
    UPDATE directory.registers
       SET faults = register.faults + 1,
           failed_at = clock_timestamp(),
           failure = p_failure,
           resting_until = CASE WHEN opens THEN clock_timestamp() + coalesce(p_rest_now, p_rest)
                                ELSE register.resting_until END
     WHERE source = p_source;
    RETURN opens AND register.resting_until IS NULL;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON directory.registers TO onboarding_service;
