-- Read by the store, and through it by every command.
--
-- Appends in as few statements as may be: starting one costs PostgreSQL as much as a row or two, so what was eight of them for
-- a first step is three.

-- What the head's frontier becomes when these leaves are added to a tree of this size.
CREATE FUNCTION public.grown_frontier(p_size bigint, p_subtrees bytea[], p_leaves bytea[])
RETURNS bytea[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  leaf bytea;
  rest bigint;
BEGIN
  FOREACH leaf IN ARRAY p_leaves LOOP
    -- Equal subtrees merge, as a carry runs through a binary counter: one for each trailing 1 of the size.
    rest := p_size;
    WHILE rest % 2 = 1 LOOP
      leaf := sha256('\x01'::bytea || p_subtrees[cardinality(p_subtrees)] || leaf);
      p_subtrees := trim_array(p_subtrees, 1);
      rest := rest / 2;
    END LOOP;
    p_subtrees := p_subtrees || leaf;
    p_size := p_size + 1;
  END LOOP;
  RETURN p_subtrees;
END $$;
REVOKE ALL ON FUNCTION public.grown_frontier FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.grown_frontier TO onboarding_service;

CREATE OR REPLACE FUNCTION public.grow_log(p_size bigint, p_subtrees bytea[], p_leaves bytea[])
RETURNS void LANGUAGE sql AS $$
  UPDATE public.log_head
     SET size = p_size + cardinality(p_leaves), frontier = public.grown_frontier(p_size, p_subtrees, p_leaves)
$$;

-- Appends as 0100 tells them: an outcome for each command, of the same words.
CREATE OR REPLACE FUNCTION public.append_commands(
  -- One element a command.
  p_registrations uuid[],
  p_expected bigint[],           -- the last sequence that the caller saw; 0: none
  p_commands uuid[], p_request_hashes bytea[], p_statuses smallint[], p_codes text[],
  p_key_uses text[],             -- none, existing, new, close or destroy
  p_key_ids uuid[], p_key_epochs text[], p_key_wrapped bytea[],
  p_accounts bytea[],
  p_credentials text[],
  p_use_indexes bytea[], p_use_kinds text[],
  -- One element an event: the command that it belongs to, from 1, its sequence, and what it says.
  p_event_commands integer[], p_event_sequences bigint[],
  p_event_ids uuid[], p_event_types text[], p_event_versions text[], p_payloads text[], p_metadata text[],
  OUT outcomes text[], OUT recorded_at timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
  head record;
  recorded_at_us bigint;
  erased_address bytea;
BEGIN
  SELECT h.size, h.frontier INTO STRICT head FROM public.log_head h FOR UPDATE;
  recorded_at := clock_timestamp();
  recorded_at_us := (extract(epoch FROM recorded_at) * 1000000)::bigint;

  -- Whoever sets a hold locks the key's row first: either this waits and sees the hold, or the hold sees no key.
  IF 'destroy' = ANY (p_key_uses) THEN
    PERFORM 1 FROM keyring.person_keys k
      WHERE k.registration_id IN (SELECT c.registration FROM unnest(p_registrations, p_key_uses) AS c(registration, key_use)
                                   WHERE c.key_use = 'destroy')
      ORDER BY k.registration_id FOR UPDATE;
  END IF;

  -- What every command is judged by, in one look; what few are, in looks of their own. The first rule that refuses counts.
  SELECT array_agg(CASE
           WHEN l.key_use = 'existing' AND l.key IS DISTINCT FROM 'same' THEN 'key_destroyed'
           WHEN l.key_use = 'new' AND l.key = 'destroyed' THEN 'key_destroyed'
           WHEN (l.key_use = 'new' AND l.key IS NOT NULL) OR l.expected <> l.version THEN 'version_conflict'
           ELSE 'stored' END ORDER BY l.place)
    INTO outcomes
    FROM (SELECT c.place, c.expected, c.key_use,
                 coalesce((SELECT e.sequence FROM public.events e
                            WHERE e.aggregate_type = 'registration' AND e.aggregate_id = c.registration::text
                            ORDER BY e.sequence DESC LIMIT 1), 0) AS version,
                 CASE WHEN c.key_use IN ('existing', 'new') THEN
                   (SELECT CASE WHEN k.destroyed_at IS NOT NULL THEN 'destroyed' WHEN k.key_id = c.key_id THEN 'same' ELSE 'other' END
                      FROM keyring.person_keys k WHERE k.registration_id = c.registration) END AS key
            FROM unnest(p_registrations, p_expected, p_key_uses, p_key_ids)
              WITH ORDINALITY AS c(registration, expected, key_use, key_id, place)) AS l;
  IF cardinality(array_remove(p_accounts, NULL)) > 0 THEN
    FOR i IN 1 .. cardinality(p_registrations) LOOP
      IF outcomes[i] = 'stored' AND p_accounts[i] IS NOT NULL
         AND ((SELECT a.registration_id FROM public.accounts a WHERE a.address_index = p_accounts[i]) <> p_registrations[i]
              OR (SELECT a.address_index FROM public.accounts a WHERE a.registration_id = p_registrations[i]) <> p_accounts[i]) THEN
        outcomes[i] := 'address_has_account';
      END IF;
    END LOOP;
  END IF;
  IF 'destroy' = ANY (p_key_uses) THEN
    FOR i IN 1 .. cardinality(p_registrations) LOOP
      IF p_key_uses[i] = 'destroy'
         AND (SELECT true FROM public.legal_holds h WHERE h.registration_id = p_registrations[i] AND h.lifted_at IS NULL) THEN
        outcomes[i] := 'on_hold';
      END IF;
    END LOOP;
  END IF;
  IF cardinality(array_remove(p_commands, NULL)) > 0 THEN
    FOR i IN 1 .. cardinality(p_registrations) LOOP
      IF (SELECT true FROM public.commands r WHERE r.command_id = p_commands[i]) THEN
        outcomes[i] := 'duplicate_command';
      END IF;
    END LOOP;
  END IF;

  IF cardinality(array_remove(p_commands, NULL)) > 0 THEN
    INSERT INTO public.commands (command_id, registration_id, request_hash, status, code, last_sequence)
      SELECT c.command, c.registration, c.request_hash, c.status, c.code,
             c.expected + (SELECT count(*) FROM unnest(p_event_commands) AS e(command) WHERE e.command = c.place)
        FROM unnest(p_registrations, p_expected, p_commands, p_request_hashes, p_statuses, p_codes)
          WITH ORDINALITY AS c(registration, expected, command, request_hash, status, code, place)
       WHERE outcomes[c.place] = 'stored' AND c.command IS NOT NULL;
  END IF;

  IF p_key_uses && ARRAY['close', 'destroy'] THEN
    FOR i IN 1 .. cardinality(p_registrations) LOOP
      CONTINUE WHEN outcomes[i] <> 'stored' OR p_key_uses[i] NOT IN ('close', 'destroy');
      DELETE FROM public.credentials c WHERE c.registration_id = p_registrations[i];   -- its sessions go with it
      -- A closed account's erasure waits. Its address stays claimed, so that it can be opened again.
      CONTINUE WHEN p_key_uses[i] = 'close';
      -- A registration without a key gets a tombstone too, so that none can be made for it later.
      INSERT INTO keyring.person_keys (registration_id, key_id, epoch, wrapped, destroyed_at)
        VALUES (p_registrations[i], '00000000-0000-0000-0000-000000000000', '', NULL, clock_timestamp())
        ON CONFLICT (registration_id) DO UPDATE SET wrapped = NULL, destroyed_at = clock_timestamp()
        WHERE person_keys.destroyed_at IS NULL;
      erased_address := NULL;
      DELETE FROM public.accounts a WHERE a.registration_id = p_registrations[i] RETURNING a.address_index INTO erased_address;
      DELETE FROM public.address_uses u WHERE u.registration_id = p_registrations[i];
      IF erased_address IS NOT NULL THEN
        DELETE FROM public.address_uses u WHERE u.address_index = erased_address;
      END IF;
      DELETE FROM public.last_seen s WHERE s.registration_id = p_registrations[i];
      DELETE FROM public.commands c
       WHERE c.registration_id = p_registrations[i] AND c.command_id IS DISTINCT FROM p_commands[i];
      -- A try that is under way keeps its row until it is over; it finds no letter to send.
      DELETE FROM mailer.ledger l WHERE l.registration_id = p_registrations[i] AND l.state <> 'sending';
    END LOOP;
  END IF;

  IF cardinality(array_remove(p_accounts, NULL)) > 0 THEN
    INSERT INTO public.accounts (address_index, registration_id)
      SELECT c.account, c.registration
        FROM unnest(p_registrations, p_accounts) WITH ORDINALITY AS c(registration, account, place)
       WHERE outcomes[c.place] = 'stored' AND c.account IS NOT NULL
      ON CONFLICT DO NOTHING;   -- it is this registration's already
  END IF;

  IF cardinality(array_remove(p_credentials, NULL)) > 0 THEN
    INSERT INTO public.credentials AS c (registration_id, phc)
      SELECT given.registration, given.phc
        FROM unnest(p_registrations, p_credentials) WITH ORDINALITY AS given(registration, phc, place)
       WHERE outcomes[given.place] = 'stored' AND given.phc IS NOT NULL
      ON CONFLICT (registration_id) DO UPDATE
        SET phc = excluded.phc, version = c.version + 1, updated_at = clock_timestamp();
    -- Whoever chooses a password is there: the month counts as a sign-in's does (create_session).
    INSERT INTO public.last_seen AS s (registration_id, month)
      SELECT given.registration, date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')::date
        FROM unnest(p_registrations, p_credentials) WITH ORDINALITY AS given(registration, phc, place)
       WHERE outcomes[given.place] = 'stored' AND given.phc IS NOT NULL
      ON CONFLICT (registration_id) DO UPDATE SET month = excluded.month WHERE s.month < excluded.month;
  END IF;

  -- The rest is one statement, whether or not there are keys and uses to write.
  WITH keys AS (
    INSERT INTO keyring.person_keys (registration_id, key_id, epoch, wrapped)
      SELECT c.registration, c.key_id, c.epoch, c.wrapped
        FROM unnest(p_registrations, p_key_uses, p_key_ids, p_key_epochs, p_key_wrapped)
          WITH ORDINALITY AS c(registration, key_use, key_id, epoch, wrapped, place)
       WHERE outcomes[c.place] = 'stored' AND c.key_use = 'new'
  ), uses AS (
    INSERT INTO public.address_uses (address_index, kind, registration_id)
      SELECT c.use_index, c.use_kind, c.registration
        FROM unnest(p_registrations, p_use_indexes, p_use_kinds) WITH ORDINALITY AS c(registration, use_index, use_kind, place)
       WHERE outcomes[c.place] = 'stored' AND c.use_index IS NOT NULL
  ), given AS MATERIALIZED (
    SELECT p_registrations[e.command]::text AS aggregate_id, e.sequence, e.event_type, e.event_version, e.payload, e.metadata,
           e.event_id, nextval('public.events_insert_order') AS insert_order,
           head.size + row_number() OVER (ORDER BY e.place) AS position
      FROM unnest(p_event_commands, p_event_sequences, p_event_ids, p_event_types, p_event_versions, p_payloads, p_metadata)
        WITH ORDINALITY AS e(command, sequence, event_id, event_type, event_version, payload, metadata, place)
     WHERE outcomes[e.command] = 'stored'
  ), inserted AS (
    INSERT INTO public.events
        (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
         insert_order, event_id, recorded_at, position, leaf_hash)
      SELECT 'registration', g.aggregate_id, g.sequence, g.event_type, g.event_version, g.payload::json, g.metadata::json,
             g.insert_order, g.event_id, append_commands.recorded_at, g.position,
             public.event_leaf('registration', g.aggregate_id, g.sequence, g.event_type, g.event_version,
                               g.payload, g.metadata, g.insert_order, g.event_id, recorded_at_us)
        FROM given g
      RETURNING position, leaf_hash
  )
  UPDATE public.log_head h
     SET size = head.size + grown.events, frontier = public.grown_frontier(head.size, head.frontier, grown.leaves)
    FROM (SELECT count(*) AS events, array_agg(i.leaf_hash ORDER BY i.position) AS leaves FROM inserted i) AS grown
   WHERE grown.events > 0;
END $$;

-- Nobody asked for a use by its number, which cost a sequence and an index at each.
ALTER TABLE public.address_uses DROP COLUMN use_id;
