-- Read by the store.
--
-- Counts an attempt to sign in and answers whose account the address is, in one statement. Attempts at one address take turns,
-- so that many at once are counted one after the other; the lock ends with the statement, long before the password is checked.
CREATE FUNCTION public.begin_sign_in(
  p_address bytea, p_kind text,
  p_max bigint,        -- so many attempts at most; null: no limit
  p_window_ms bigint,  -- within this time
  OUT is_allowed boolean, OUT account uuid, OUT phc text, OUT version bigint
) LANGUAGE plpgsql AS $$
BEGIN
  IF p_max IS NOT NULL THEN
    -- Counted without the lock first: whoever is over the limit waits for nobody, so that a flood at one address holds no
    -- connections. The count that admits is made with it.
    FOR with_lock IN 0 .. 1 LOOP
      IF with_lock = 1 THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(p_kind || encode(p_address, 'hex'), 0));
      END IF;
      IF (SELECT count(*) FROM public.address_uses u
           WHERE u.address_index = p_address AND u.kind = p_kind
             AND u.used_at >= clock_timestamp() - p_window_ms * interval '1 millisecond') >= p_max THEN
        is_allowed := false;
        RETURN;
      END IF;
    END LOOP;
  END IF;
  is_allowed := true;
  INSERT INTO public.address_uses (address_index, kind) VALUES (p_address, p_kind);
  SELECT a.registration_id, c.phc, c.version INTO account, phc, version
    FROM public.accounts a JOIN public.credentials c ON c.registration_id = a.registration_id
   WHERE a.address_index = p_address;
END $$;
REVOKE ALL ON FUNCTION public.begin_sign_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.begin_sign_in TO onboarding_service;
