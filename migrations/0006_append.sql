-- Read by nobody: the function through which the store appends, in one statement, all or nothing.
--
-- It answers with the registration's last sequence and the time that its events carry. It refuses with SQLSTATEs of its
-- own, whose texts name a rule and never a value, so that nothing of a person reaches the server's log:
--   ES001  the registration is not where the caller saw it       ES003  the address is another registration's account
--   ES002  the command has been answered already                 ES004  the person's key is destroyed, or is another one
-- Everything is inserted with ON CONFLICT DO NOTHING and counted. That waits for a rival like a plain insert, but
-- raises no unique violation, whose text would carry the key's values, and needs no subtransaction to catch one.
--
-- Every path takes its locks in one order (command, key, account, credential, address uses, events): rivals wait for
-- each other and never in a circle.
CREATE FUNCTION public.append_events(
  p_registration uuid,
  p_expected bigint,             -- the last sequence that the caller saw; 0: none
  p_event_ids uuid[], p_event_types text[], p_event_versions text[], p_payloads text[], p_metadata text[],
  p_command uuid, p_request_hash bytea, p_status smallint, p_code text,
  p_key_use text,                -- none, existing, new or destroy
  p_key_id uuid, p_key_epoch text, p_key_wrapped bytea,
  p_account bytea,
  p_credential text,
  p_use_index bytea, p_use_kind text,
  OUT last_sequence bigint, OUT recorded_at timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
  event_count bigint := cardinality(p_event_types);
  touched bigint;
BEGIN
  last_sequence := p_expected + event_count;

  IF p_command IS NOT NULL THEN
    INSERT INTO public.commands (command_id, registration_id, request_hash, status, code, last_sequence)
      VALUES (p_command, p_registration, p_request_hash, p_status, p_code, p_expected + event_count)
      ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RAISE EXCEPTION 'commands_pkey' USING ERRCODE = 'ES002'; END IF;
  END IF;

  CASE p_key_use
    WHEN 'none' THEN NULL;
    WHEN 'existing' THEN
      -- The lock makes an erasure wait until this append is through, or this append see the erasure.
      PERFORM 1 FROM keyring.person_keys k
        WHERE k.registration_id = p_registration AND k.key_id = p_key_id AND k.destroyed_at IS NULL FOR SHARE;
      IF NOT FOUND THEN RAISE EXCEPTION 'person_key_not_live' USING ERRCODE = 'ES004'; END IF;
    WHEN 'new' THEN
      INSERT INTO keyring.person_keys (registration_id, key_id, epoch, wrapped)
        VALUES (p_registration, p_key_id, p_key_epoch, p_key_wrapped) ON CONFLICT DO NOTHING;
      IF NOT FOUND THEN
        PERFORM 1 FROM keyring.person_keys k WHERE k.registration_id = p_registration AND k.destroyed_at IS NOT NULL;
        IF FOUND THEN RAISE EXCEPTION 'person_key_not_live' USING ERRCODE = 'ES004'; END IF;
        RAISE EXCEPTION 'person_keys_pkey' USING ERRCODE = 'ES001';
      END IF;
    WHEN 'destroy' THEN
      -- A registration without a key gets a tombstone too, so that none can be made for it later.
      INSERT INTO keyring.person_keys (registration_id, key_id, epoch, wrapped, destroyed_at)
        VALUES (p_registration, '00000000-0000-0000-0000-000000000000', '', NULL, clock_timestamp())
        ON CONFLICT (registration_id) DO UPDATE SET wrapped = NULL, destroyed_at = clock_timestamp()
        WHERE person_keys.destroyed_at IS NULL;
      DELETE FROM public.accounts a WHERE a.registration_id = p_registration;
      DELETE FROM public.credentials c WHERE c.registration_id = p_registration;   -- its sessions go with it
      DELETE FROM public.address_uses u WHERE u.registration_id = p_registration;
  END CASE;

  IF p_account IS NOT NULL THEN
    INSERT INTO public.accounts (address_index, registration_id) VALUES (p_account, p_registration) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      PERFORM 1 FROM public.accounts a WHERE a.address_index = p_account AND a.registration_id = p_registration;
      IF NOT FOUND THEN RAISE EXCEPTION 'accounts_pkey' USING ERRCODE = 'ES003'; END IF;
    END IF;
  END IF;

  IF p_credential IS NOT NULL THEN
    INSERT INTO public.credentials AS c (registration_id, phc) VALUES (p_registration, p_credential)
      ON CONFLICT (registration_id) DO UPDATE
      SET phc = excluded.phc, version = c.version + 1, updated_at = clock_timestamp();
  END IF;

  IF p_use_index IS NOT NULL THEN
    INSERT INTO public.address_uses (address_index, kind, registration_id) VALUES (p_use_index, p_use_kind, p_registration);
  END IF;

  -- The primary key alone refuses a sequence that is taken, but not one that leaves a hole before it.
  IF p_expected > 0 THEN
    PERFORM 1 FROM public.events e WHERE e.aggregate_type = 'registration'
      AND e.aggregate_id = p_registration::text AND e.sequence = p_expected;
    IF NOT FOUND THEN RAISE EXCEPTION 'events_without_gaps' USING ERRCODE = 'ES001'; END IF;
  END IF;

  -- Read as late as can be, so that times mostly rise with the sequence. Nothing relies on it.
  recorded_at := clock_timestamp();
  IF event_count = 0 THEN
    -- Even an answer without events was judged on what the caller saw.
    PERFORM 1 FROM public.events e WHERE e.aggregate_type = 'registration'
      AND e.aggregate_id = p_registration::text AND e.sequence = p_expected + 1;
    IF FOUND THEN RAISE EXCEPTION 'events_pkey' USING ERRCODE = 'ES001'; END IF;
    RETURN;
  END IF;

  INSERT INTO public.events (event_id, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, recorded_at)
    SELECT u.event_id, 'registration', p_registration::text, p_expected + u.place, u.event_type, u.event_version,
           u.payload::json, u.metadata::json, append_events.recorded_at
    FROM unnest(p_event_ids, p_event_types, p_event_versions, p_payloads, p_metadata)
      WITH ORDINALITY AS u(event_id, event_type, event_version, payload, metadata, place)
    ORDER BY u.place
    ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS touched = ROW_COUNT;
  IF touched <> event_count THEN RAISE EXCEPTION 'events_pkey' USING ERRCODE = 'ES001'; END IF;
END $$;

REVOKE ALL ON FUNCTION public.append_events FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.append_events TO onboarding_service;
