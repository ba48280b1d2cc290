-- Read by whoever opens sealed data or forgets a person: grants, legal holds, the month of the last sign-in.

-- Who may open what is sealed, what for and until when. Giving and revoking are entries of the access log too.
CREATE TABLE public.access_grants (
  grant_id        uuid PRIMARY KEY,
  granted_to      text NOT NULL CHECK (granted_to <> ''),
  role            text NOT NULL CHECK (role <> ''),
  purpose         text NOT NULL CHECK (purpose <> ''),
  registration_id uuid,                                    -- none: any
  given_by        text NOT NULL,
  given_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at      timestamptz NOT NULL,
  revoked_at      timestamptz
);

-- Registrations that must not be erased for now. Setting and lifting are entries of the access log too.
CREATE TABLE public.legal_holds (
  hold_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  registration_id uuid NOT NULL,
  reason          text NOT NULL CHECK (reason <> ''),
  set_by          text NOT NULL,
  set_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  lifted_by       text,
  lifted_at       timestamptz,
  CHECK ((lifted_by IS NULL) = (lifted_at IS NULL))
);
CREATE UNIQUE INDEX legal_holds_one_at_a_time ON public.legal_holds (registration_id) WHERE lifted_at IS NULL;

-- The month (its first day, UTC) in which the person of an account last signed in: no more than retention needs.
CREATE TABLE public.last_seen (
  registration_id uuid PRIMARY KEY,
  month           date NOT NULL CHECK (extract(day FROM month) = 1)
);
CREATE INDEX last_seen_by_month ON public.last_seen (month);
-- Nobody knows when the people of earlier accounts last signed in: their time begins now.
INSERT INTO public.last_seen (registration_id, month)
  SELECT registration_id, date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')::date FROM public.accounts;

REVOKE ALL ON public.access_grants, public.legal_holds, public.last_seen FROM onboarding_service;
GRANT SELECT, INSERT ON public.access_grants, public.legal_holds TO onboarding_service;
GRANT UPDATE (revoked_at) ON public.access_grants TO onboarding_service;
GRANT UPDATE (lifted_by, lifted_at) ON public.legal_holds TO onboarding_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.last_seen TO onboarding_service;

-- Epochs whose key was destroyed. No person's key may be stored wrapped under one: nobody could ever open it. The
-- destroyer holds the table of keys, looks that no living key needs the epoch, and writes its name here; whoever had
-- wrapped a key under it meanwhile is refused (ES001: try again) and wraps it under the epoch that is in use.
CREATE TABLE keyring.destroyed_epochs (
  epoch        text PRIMARY KEY,
  destroyed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE keyring.destroyed_epochs OWNER TO onboarding_keyring;
GRANT SELECT ON keyring.destroyed_epochs TO onboarding_service;

CREATE FUNCTION keyring.refuse_destroyed_epochs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.wrapped IS NOT NULL THEN
    PERFORM 1 FROM keyring.destroyed_epochs d WHERE d.epoch = NEW.epoch;
    IF FOUND THEN RAISE EXCEPTION 'destroyed_epochs' USING ERRCODE = 'ES001'; END IF;
  END IF;
  RETURN NEW;
END $$;
ALTER FUNCTION keyring.refuse_destroyed_epochs() OWNER TO onboarding_keyring;
CREATE TRIGGER person_keys_of_living_epochs BEFORE INSERT OR UPDATE ON keyring.person_keys
  FOR EACH ROW EXECUTE FUNCTION keyring.refuse_destroyed_epochs();
ALTER TABLE keyring.person_keys ENABLE ALWAYS TRIGGER person_keys_of_living_epochs;

-- Ends an epoch unless a living key needs it; true when it is ended. The service may not lock the table of keys itself.
CREATE FUNCTION keyring.end_epoch(p_epoch text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  LOCK TABLE keyring.person_keys IN SHARE MODE;
  PERFORM 1 FROM keyring.person_keys k WHERE k.epoch = p_epoch AND k.wrapped IS NOT NULL;
  IF FOUND THEN RETURN false; END IF;
  INSERT INTO keyring.destroyed_epochs (epoch) VALUES (p_epoch) ON CONFLICT DO NOTHING;
  RETURN true;
END $$;
ALTER FUNCTION keyring.end_epoch(text) OWNER TO onboarding_keyring;
REVOKE ALL ON FUNCTION keyring.end_epoch(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keyring.end_epoch(text) TO onboarding_service;

-- For comparing the tombstones with the file that remembers them outside PostgreSQL.
CREATE INDEX person_keys_destroyed ON keyring.person_keys (registration_id) WHERE wrapped IS NULL;
-- For erasing what commands and mails of a registration left behind.
CREATE INDEX commands_by_registration ON public.commands (registration_id);
CREATE INDEX ledger_by_registration ON mailer.ledger (registration_id);

-- The append of migration 0006, which now knows closing, and erases more:
--   ES005  the registration is under a legal hold
CREATE OR REPLACE FUNCTION public.append_events(
  p_registration uuid,
  p_expected bigint,             -- the last sequence that the caller saw; 0: none
  p_event_ids uuid[], p_event_types text[], p_event_versions text[], p_payloads text[], p_metadata text[],
  p_command uuid, p_request_hash bytea, p_status smallint, p_code text,
  p_key_use text,                -- none, existing, new, close or destroy
  p_key_id uuid, p_key_epoch text, p_key_wrapped bytea,
  p_account bytea,
  p_credential text,
  p_use_index bytea, p_use_kind text,
  OUT last_sequence bigint, OUT recorded_at timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
  event_count bigint := cardinality(p_event_types);
  touched bigint;
  erased_address bytea;
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
    WHEN 'close' THEN
      -- The account is closed and its erasure waits. Its address stays claimed, so that it can be opened again.
      DELETE FROM public.credentials c WHERE c.registration_id = p_registration;   -- its sessions go with it
    WHEN 'destroy' THEN
      -- A registration without a key gets a tombstone too, so that none can be made for it later.
      INSERT INTO keyring.person_keys (registration_id, key_id, epoch, wrapped, destroyed_at)
        VALUES (p_registration, '00000000-0000-0000-0000-000000000000', '', NULL, clock_timestamp())
        ON CONFLICT (registration_id) DO UPDATE SET wrapped = NULL, destroyed_at = clock_timestamp()
        WHERE person_keys.destroyed_at IS NULL;
      -- Whoever sets a hold locks the key's row first: either this waits and sees the hold, or the hold sees no key.
      PERFORM 1 FROM public.legal_holds h WHERE h.registration_id = p_registration AND h.lifted_at IS NULL;
      IF FOUND THEN RAISE EXCEPTION 'legal_holds' USING ERRCODE = 'ES005'; END IF;
      DELETE FROM public.accounts a WHERE a.registration_id = p_registration RETURNING a.address_index INTO erased_address;
      DELETE FROM public.credentials c WHERE c.registration_id = p_registration;   -- its sessions go with it
      DELETE FROM public.address_uses u WHERE u.registration_id = p_registration;
      IF erased_address IS NOT NULL THEN
        DELETE FROM public.address_uses u WHERE u.address_index = erased_address;
      END IF;
      DELETE FROM public.last_seen s WHERE s.registration_id = p_registration;
      DELETE FROM public.commands c WHERE c.registration_id = p_registration AND c.command_id IS DISTINCT FROM p_command;
      -- A try that is under way keeps its row until it is over; it finds no letter to send.
      DELETE FROM mailer.ledger l WHERE l.registration_id = p_registration AND l.state <> 'sending';
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
