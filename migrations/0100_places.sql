-- Read by the store (and through it by every command), by everything downstream, by the auditor, and by postgres-es.
--
-- An event carries its place in the log and its leaf's hash from the moment when it is written: one table, no outbox, no
-- second transaction. Until here a sequencer moved events from an outbox into a table `log`; positions, hashes, head,
-- checkpoints and every column of the events stay what they were.
--
-- The table is written anew in the log's order, in this one transaction: 13 seconds for a million events of half a kilobyte
-- on two cores with other work, the events' room on the disk once more for that long, and nothing to clean up when it is
-- interrupted.

LOCK TABLE public.events, public.log, public.outbox, public.log_head IN ACCESS EXCLUSIVE MODE;

DO $$
DECLARE
  homeless bigint; strays bigint; missing bigint;
BEGIN
  SELECT count(*) FILTER (WHERE l.insert_order IS NULL AND o.insert_order IS NULL) INTO homeless
    FROM public.events e
    LEFT JOIN public.log l ON l.insert_order = e.insert_order
    LEFT JOIN public.outbox o ON o.insert_order = e.insert_order;
  SELECT count(*) INTO strays
    FROM public.log l LEFT JOIN public.events e ON e.insert_order = l.insert_order WHERE e.insert_order IS NULL;
  SELECT h.size - (SELECT count(*) FROM public.log) INTO missing FROM public.log_head h;
  IF homeless <> 0 OR strays <> 0 OR missing <> 0 THEN
    RAISE EXCEPTION 'the log is not whole (% events without a place, % places without an event, % places missing): run "onboarding audit verify" of the release before this one',
      homeless, strays, missing;
  END IF;
END $$;

CREATE SEQUENCE public.events_insert_order;
SELECT setval('public.events_insert_order', coalesce((SELECT max(insert_order) FROM public.events), 0) + 1, false);

-- The first seven columns are those of postgres-es 0.5, name for name; the others are given where they are left out.
CREATE TABLE public.placed (
  aggregate_type text NOT NULL,
  aggregate_id   text NOT NULL,
  sequence       bigint NOT NULL,
  event_type     text NOT NULL,
  event_version  text NOT NULL,
  payload        json NOT NULL,                            -- json, not jsonb: the bytes are kept as they came, and hashed
  metadata       json NOT NULL,
  insert_order   bigint NOT NULL DEFAULT nextval('public.events_insert_order'),
  event_id       uuid NOT NULL DEFAULT gen_random_uuid(),  -- the store binds a UUIDv7
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  position       bigint NOT NULL,                          -- 1, 2, 3, without gaps: feed position, checkpoint, leaf index + 1
  leaf_hash      bytea NOT NULL                            -- of the other columns (services/store/src/leaf.rs)
);

INSERT INTO public.placed
  SELECT e.aggregate_type, e.aggregate_id, e.sequence, e.event_type, e.event_version, e.payload, e.metadata,
         e.insert_order, e.event_id, e.recorded_at, l.position, l.leaf_hash
    FROM public.log l JOIN public.events e ON e.insert_order = l.insert_order
   ORDER BY l.position;

CREATE TEMPORARY TABLE unplaced ON COMMIT DROP AS
  SELECT e.* FROM public.outbox o JOIN public.events e ON e.insert_order = o.insert_order;

DROP TABLE public.outbox, public.log, public.events;
DROP FUNCTION public.events_to_outbox();
DROP FUNCTION public.append_events;
ALTER TABLE public.placed RENAME TO events;

ALTER TABLE public.events
  ADD CONSTRAINT events_pkey PRIMARY KEY (aggregate_type, aggregate_id, sequence),
  ADD CONSTRAINT events_position_key UNIQUE (position),
  ADD CONSTRAINT events_position_from_one CHECK (position > 0),
  ADD CONSTRAINT events_sequence_from_one CHECK (sequence > 0),
  ADD CONSTRAINT events_leaf_is_sha256 CHECK (length(leaf_hash) = 32),
  -- Every row of this table goes to the feed, which carries registrations and nothing else, under a subject made
  -- of the id and the type. A stranger's row is refused here rather than blocking the feed for ever.
  ADD CONSTRAINT events_of_registrations CHECK (aggregate_type = 'registration'),
  ADD CONSTRAINT events_of_canonical_uuids CHECK (aggregate_id::uuid::text = aggregate_id);
CREATE INDEX events_of_erasure ON public.events (aggregate_id) INCLUDE (recorded_at) WHERE event_type = 'PersonErased';

CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON public.events
  FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting();
CREATE TRIGGER events_never_truncated BEFORE TRUNCATE ON public.events
  FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();
ALTER TABLE public.events ENABLE ALWAYS TRIGGER events_append_only;
ALTER TABLE public.events ENABLE ALWAYS TRIGGER events_never_truncated;

-- A new table is the service's to change (0007); not this one.
REVOKE ALL ON public.events FROM onboarding_service;
REVOKE ALL ON SEQUENCE public.events_insert_order FROM onboarding_service;
GRANT SELECT, INSERT ON public.events TO onboarding_service;
GRANT USAGE ON SEQUENCE public.events_insert_order TO onboarding_service;

-- The hash of an event's leaf, in the form that services/store/src/leaf.rs specifies; the store's tests compare both.
-- The time is given in microseconds since 1970.
CREATE FUNCTION public.event_leaf(
  p_aggregate_type text, p_aggregate_id text, p_sequence bigint, p_event_type text, p_event_version text,
  p_payload text, p_metadata text, p_insert_order bigint, p_event_id uuid, p_recorded_at_us bigint
) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT sha256('\x00'::bytea
    || public.leaf_field('onboarding/event/v1')
    || public.leaf_field(convert_to(p_aggregate_type, 'UTF8'))
    || public.leaf_field(convert_to(p_aggregate_id, 'UTF8'))
    || public.leaf_field(int8send(p_sequence))
    || public.leaf_field(convert_to(p_event_type, 'UTF8'))
    || public.leaf_field(convert_to(p_event_version, 'UTF8'))
    || public.leaf_field(convert_to(p_payload, 'UTF8'))
    || public.leaf_field(convert_to(p_metadata, 'UTF8'))
    || public.leaf_field(int8send(p_insert_order))
    || public.leaf_field(uuid_send(p_event_id))
    || public.leaf_field(int8send(p_recorded_at_us)))
$$;

CREATE FUNCTION public.microseconds(p_at timestamptz) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT (extract(epoch FROM p_at) * 1000000)::bigint
$$;

-- Lets the log's tree grow by these leaves, and with it the head, whose lock the caller holds.
CREATE FUNCTION public.grow_log(p_size bigint, p_subtrees bytea[], p_leaves bytea[])
RETURNS void LANGUAGE plpgsql AS $$
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
  UPDATE public.log_head SET size = p_size, frontier = p_subtrees;
END $$;

-- Gives a place to an event that comes without one: from postgres-es, or from a hand at psql. One lock and one update of the
-- head a row, until the transaction ends: right, and slower than the store's own way.
CREATE FUNCTION public.place_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  head record;
BEGIN
  IF NEW.event_type !~ '^[A-Z][A-Za-z0-9]{0,63}$' OR NEW.event_version !~ '^[0-9]{1,9}([.][0-9]{1,9}){0,2}$' THEN
    RAISE EXCEPTION 'an event has a name and a version' USING ERRCODE = 'check_violation';
  END IF;
  SELECT h.size, h.frontier INTO STRICT head FROM public.log_head h FOR UPDATE;
  NEW.position := head.size + 1;
  NEW.leaf_hash := public.event_leaf(NEW.aggregate_type, NEW.aggregate_id, NEW.sequence, NEW.event_type, NEW.event_version,
    NEW.payload::text, NEW.metadata::text, NEW.insert_order, NEW.event_id, public.microseconds(NEW.recorded_at));
  PERFORM public.grow_log(head.size, head.frontier, ARRAY[NEW.leaf_hash]);
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION public.place_event() FROM PUBLIC;

CREATE TRIGGER events_place BEFORE INSERT ON public.events FOR EACH ROW
  WHEN (NEW.position IS NULL) EXECUTE FUNCTION public.place_event();
ALTER TABLE public.events ENABLE ALWAYS TRIGGER events_place;

-- What the sequencer had not come to.
INSERT INTO public.events
    (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, insert_order, event_id, recorded_at)
  SELECT aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, insert_order, event_id, recorded_at
    FROM unplaced ORDER BY insert_order;

-- Which mails were asked for (0090): as before.
CREATE TRIGGER events_to_wanted AFTER INSERT ON public.events FOR EACH ROW
  WHEN (NEW.event_type IN ('VerificationRequested', 'VerificationMailSent', 'VerificationMailFailed', 'NoticeMailSent',
          'NoticeMailFailed', 'InactivityMailSent', 'InactivityMailFailed', 'ErasureRequested', 'PersonErased',
          'RegistrationExpired', 'PasswordSet', 'RegisterCheckCompleted', 'InactivityWarned')
        OR (NEW.event_type = 'IdentitySubmitted' AND NEW.sequence > 1))
  EXECUTE FUNCTION mailer.events_to_wanted();

-- Commits commands that stand ready, each judged by itself, all in one transaction and one statement. Answers with an outcome
-- for each, in order, and the time that their events carry. A command that is not stored leaves nothing:
--   version_conflict   the registration is not where the caller saw it
--   duplicate_command  the command has been answered already
--   address_has_account   the address is another registration's account
--   key_destroyed      the person's key is destroyed, or is another one
--   on_hold            the registration must not be erased
-- The caller sees to it that no two commands of one call name the same registration, command or account.
--
-- The head's lock comes first: it gives places and makes appends take turns, so that what is judged stays true until it is
-- written, and a program that was stopped meanwhile finds the head moved on. Nothing here waits for anything but the disk and,
-- at an erasure, for a hold that is being set. Look-ups are scalar subqueries by a unique key: their plan is an index scan
-- whatever the statistics are.
CREATE FUNCTION public.append_commands(
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
  stored boolean[];
  leaves bytea[];
  recorded_at_us bigint;
  erased_address bytea;
BEGIN
  SELECT h.size, h.frontier INTO STRICT head FROM public.log_head h FOR UPDATE;
  recorded_at := clock_timestamp();
  recorded_at_us := public.microseconds(recorded_at);

  -- Whoever sets a hold locks the key's row first: either this waits and sees the hold, or the hold sees no key.
  IF 'destroy' = ANY (p_key_uses) THEN
    PERFORM 1 FROM keyring.person_keys k
      WHERE k.registration_id IN (SELECT c.registration FROM unnest(p_registrations, p_key_uses) AS c(registration, key_use)
                                   WHERE c.key_use = 'destroy')
      ORDER BY k.registration_id FOR UPDATE;
  END IF;

  SELECT array_agg(judged.outcome ORDER BY judged.place), array_agg(judged.outcome = 'stored' ORDER BY judged.place)
    INTO outcomes, stored
    FROM (SELECT c.place, CASE
        WHEN c.command IS NOT NULL
             AND (SELECT true FROM public.commands r WHERE r.command_id = c.command) THEN 'duplicate_command'
        WHEN c.key_use = 'existing'
             AND (SELECT true FROM keyring.person_keys k
                   WHERE k.registration_id = c.registration AND k.key_id = c.key_id AND k.destroyed_at IS NULL) IS NULL
          THEN 'key_destroyed'
        WHEN c.key_use = 'new'
             AND (SELECT true FROM keyring.person_keys k WHERE k.registration_id = c.registration) THEN
          CASE WHEN (SELECT k.destroyed_at IS NOT NULL FROM keyring.person_keys k WHERE k.registration_id = c.registration)
            THEN 'key_destroyed' ELSE 'version_conflict' END
        WHEN c.key_use = 'destroy'
             AND (SELECT true FROM public.legal_holds h
                   WHERE h.registration_id = c.registration AND h.lifted_at IS NULL) THEN 'on_hold'
        WHEN c.account IS NOT NULL
             AND ((SELECT a.registration_id FROM public.accounts a WHERE a.address_index = c.account) <> c.registration
                  OR (SELECT a.address_index FROM public.accounts a WHERE a.registration_id = c.registration) <> c.account)
          THEN 'address_has_account'
        WHEN c.expected <> coalesce((SELECT max(e.sequence) FROM public.events e
                                      WHERE e.aggregate_type = 'registration' AND e.aggregate_id = c.registration::text), 0)
          THEN 'version_conflict'
        ELSE 'stored' END AS outcome
      FROM unnest(p_registrations, p_expected, p_commands, p_key_uses, p_key_ids, p_accounts)
        WITH ORDINALITY AS c(registration, expected, command, key_use, key_id, account, place)) AS judged;

  IF cardinality(array_remove(p_commands, NULL)) > 0 THEN
    INSERT INTO public.commands (command_id, registration_id, request_hash, status, code, last_sequence)
      SELECT c.command, c.registration, c.request_hash, c.status, c.code,
             c.expected + (SELECT count(*) FROM unnest(p_event_commands) AS e(command) WHERE e.command = c.place)
        FROM unnest(p_registrations, p_expected, p_commands, p_request_hashes, p_statuses, p_codes)
          WITH ORDINALITY AS c(registration, expected, command, request_hash, status, code, place)
       WHERE stored[c.place] AND c.command IS NOT NULL;
  END IF;

  IF 'new' = ANY (p_key_uses) THEN
    INSERT INTO keyring.person_keys (registration_id, key_id, epoch, wrapped)
      SELECT c.registration, c.key_id, c.epoch, c.wrapped
        FROM unnest(p_registrations, p_key_uses, p_key_ids, p_key_epochs, p_key_wrapped)
          WITH ORDINALITY AS c(registration, key_use, key_id, epoch, wrapped, place)
       WHERE stored[c.place] AND c.key_use = 'new';
  END IF;

  IF p_key_uses && ARRAY['close', 'destroy'] THEN
    FOR i IN 1 .. cardinality(p_registrations) LOOP
      CONTINUE WHEN NOT stored[i] OR p_key_uses[i] NOT IN ('close', 'destroy');
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
       WHERE stored[c.place] AND c.account IS NOT NULL
      ON CONFLICT DO NOTHING;   -- it is this registration's already
  END IF;

  IF cardinality(array_remove(p_credentials, NULL)) > 0 THEN
    INSERT INTO public.credentials AS c (registration_id, phc)
      SELECT given.registration, given.phc
        FROM unnest(p_registrations, p_credentials) WITH ORDINALITY AS given(registration, phc, place)
       WHERE stored[given.place] AND given.phc IS NOT NULL
      ON CONFLICT (registration_id) DO UPDATE
        SET phc = excluded.phc, version = c.version + 1, updated_at = clock_timestamp();
  END IF;

  IF cardinality(array_remove(p_use_indexes, NULL)) > 0 THEN
    INSERT INTO public.address_uses (address_index, kind, registration_id)
      SELECT c.use_index, c.use_kind, c.registration
        FROM unnest(p_registrations, p_use_indexes, p_use_kinds) WITH ORDINALITY AS c(registration, use_index, use_kind, place)
       WHERE stored[c.place] AND c.use_index IS NOT NULL;
  END IF;

  WITH given AS MATERIALIZED (
    SELECT p_registrations[e.command]::text AS aggregate_id, e.sequence, e.event_type, e.event_version, e.payload, e.metadata,
           e.event_id, nextval('public.events_insert_order') AS insert_order,
           head.size + row_number() OVER (ORDER BY e.place) AS position
      FROM unnest(p_event_commands, p_event_sequences, p_event_ids, p_event_types, p_event_versions, p_payloads, p_metadata)
        WITH ORDINALITY AS e(command, sequence, event_id, event_type, event_version, payload, metadata, place)
     WHERE stored[e.command]
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
  SELECT array_agg(i.leaf_hash ORDER BY i.position) INTO leaves FROM inserted i;
  IF leaves IS NOT NULL THEN
    PERFORM public.grow_log(head.size, head.frontier, leaves);
  END IF;
END $$;
REVOKE ALL ON FUNCTION public.append_commands, public.grow_log FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.append_commands, public.grow_log TO onboarding_service;

-- The feed's functions (0051), on one table.
CREATE OR REPLACE FUNCTION feed.next_position(p_registration uuid, p_events text[], p_after bigint, p_upto bigint)
RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT e.position FROM public.events e
   WHERE e.aggregate_type = 'registration' AND e.aggregate_id = p_registration::text
     AND e.event_type = ANY (p_events) AND e.position > p_after AND e.position <= p_upto
   ORDER BY e.sequence LIMIT 1
$$;

CREATE OR REPLACE FUNCTION feed.turn(
  p_subscriber text,
  p_acked bigint[],
  p_refused bigint[], p_refusals text[], p_deliveries integer[],   -- the subscriber will not have these
  p_later bigint[], p_obstacles text[], p_pauses bigint[],         -- these could not be delivered; again after so many ms
  p_confirmed bigint,
  p_window integer, p_replay_window integer,  -- so many may be under way
  p_scan integer,                             -- so far ahead the log is read in one turn
  OUT cursor_position bigint, OUT log_end bigint, OUT under_way bigint,
  OUT tickets bigint[], OUT registrations uuid[], OUT positions bigint[], OUT replays uuid[], OUT attempts integer[]
) LANGUAGE plpgsql AS $$
DECLARE
  cursor_row feed.cursors;
  subscriber_row feed.subscribers;
  replay_row feed.replays;
  settled uuid[];
  found_registrations uuid[];
  found_positions bigint[];
  upto bigint;
  allowed integer;
  replayed bigint;
  last_ticket bigint;
BEGIN
  SELECT * INTO cursor_row FROM feed.cursors c WHERE c.subscriber = p_subscriber FOR UPDATE;
  SELECT * INTO subscriber_row FROM feed.subscribers s WHERE s.name = p_subscriber;
  SELECT size INTO log_end FROM public.log_head;
  IF cardinality(p_acked) > 0 THEN
    SELECT array_agg(l.registration) INTO settled FROM feed.lanes l
     WHERE l.subscriber = p_subscriber AND l.ticket = ANY (p_acked);
    IF settled IS NOT NULL THEN
      PERFORM feed.go_on(p_subscriber, subscriber_row.events, settled);
      cursor_row.acknowledged := cursor_row.acknowledged + cardinality(settled);
      INSERT INTO feed.minutes AS m VALUES (p_subscriber, date_trunc('minute', clock_timestamp()), cardinality(settled))
        ON CONFLICT (subscriber, minute) DO UPDATE SET acknowledged = m.acknowledged + excluded.acknowledged;
    END IF;
  END IF;
  IF cardinality(p_refused) > 0 THEN
    UPDATE feed.lanes l
       SET state = 'parked', ticket = NULL, parked_at = clock_timestamp(), reason = given.reason, deliveries = given.deliveries
      FROM unnest(p_refused, p_refusals, p_deliveries) AS given(ticket, reason, deliveries)
     WHERE l.subscriber = p_subscriber AND l.ticket = given.ticket;
  END IF;
  IF cardinality(p_later) > 0 THEN
    UPDATE feed.lanes l
       SET state = 'due', ticket = NULL, reason = given.reason,
           due_at = clock_timestamp() + given.pause * interval '1 millisecond'
      FROM unnest(p_later, p_obstacles, p_pauses) AS given(ticket, reason, pause)
     WHERE l.subscriber = p_subscriber AND l.ticket = given.ticket;
  END IF;

  SELECT count(*) FILTER (WHERE l.replay IS NULL), count(*) FILTER (WHERE l.replay IS NOT NULL) INTO under_way, replayed
    FROM feed.lanes l WHERE l.subscriber = p_subscriber AND l.state <> 'parked';

  IF subscriber_row.revoked_at IS NULL AND subscriber_row.paused_at IS NULL THEN
    IF under_way < p_window AND cursor_row.position < log_end THEN
      upto := least(log_end, cursor_row.position + least(p_scan, p_window - under_way));
      SELECT array_agg(e.aggregate_id::uuid ORDER BY e.position), array_agg(e.position ORDER BY e.position)
        INTO found_registrations, found_positions
        FROM public.events e
       WHERE e.position > cursor_row.position AND e.position <= upto AND e.event_type = ANY (subscriber_row.events);
      PERFORM feed.line_up(p_subscriber, found_registrations, found_positions, NULL);
      cursor_row.position := upto;
    END IF;

    SELECT * INTO replay_row FROM feed.replays r
     WHERE r.subscriber = p_subscriber AND r.taken_up_at IS NULL ORDER BY r.requested_at, r.id LIMIT 1;
    IF FOUND THEN
      -- Unused credit is kept for a second, so that a pause is not followed by a flood.
      replay_row.credit_at := greatest(replay_row.credit_at, clock_timestamp() - interval '1 second');
      allowed := least(p_replay_window - replayed,
                       floor(extract(epoch FROM clock_timestamp() - replay_row.credit_at) * replay_row.rate));
      IF replay_row.position < replay_row.from_position THEN
        -- A lane holds events of one replay only. What a parked one still holds of an earlier replay comes again with this
        -- one where this one covers it; otherwise this one waits.
        UPDATE feed.lanes l SET replay_from = NULL
         WHERE l.subscriber = p_subscriber AND l.state = 'parked'
           AND l.replay_from >= replay_row.from_position AND l.replay_upto <= replay_row.to_position
           AND (replay_row.registrations IS NULL OR l.registration = ANY (replay_row.registrations));
        IF EXISTS (SELECT FROM feed.lanes l WHERE l.subscriber = p_subscriber AND l.replay_from IS NOT NULL) THEN
          allowed := 0;
        END IF;
      END IF;
      IF allowed > 0 THEN
        IF replay_row.registrations IS NULL THEN
          upto := least(replay_row.to_position, replay_row.position + p_scan);
          SELECT array_agg(given.registration ORDER BY given.position), array_agg(given.position ORDER BY given.position)
            INTO found_registrations, found_positions
            FROM (SELECT e.aggregate_id::uuid AS registration, e.position
                    FROM public.events e
                   WHERE e.position > replay_row.position AND e.position <= upto
                     AND e.event_type = ANY (subscriber_row.events)
                   ORDER BY e.position LIMIT allowed) AS given;
        ELSE
          upto := replay_row.to_position;
          SELECT array_agg(given.registration ORDER BY given.position), array_agg(given.position ORDER BY given.position)
            INTO found_registrations, found_positions
            FROM (SELECT e.aggregate_id::uuid AS registration, e.position
                    FROM public.events e
                   WHERE e.aggregate_type = 'registration' AND e.aggregate_id = ANY (replay_row.registrations::text[])
                     AND e.position > replay_row.position AND e.position <= upto
                     AND e.event_type = ANY (subscriber_row.events)
                   ORDER BY e.position LIMIT allowed) AS given;
        END IF;
        PERFORM feed.line_up(p_subscriber, found_registrations, found_positions, replay_row.id);
        IF cardinality(found_positions) = allowed THEN
          upto := found_positions[allowed];
        END IF;
        UPDATE feed.replays r
           SET position = upto,
               taken = r.taken + coalesce(cardinality(found_positions), 0),
               credit_at = replay_row.credit_at
                           + coalesce(cardinality(found_positions), 0) * interval '1 second' / replay_row.rate,
               taken_up_at = CASE WHEN upto >= r.to_position THEN clock_timestamp() END
         WHERE r.id = replay_row.id;
      END IF;
    END IF;

    WITH due AS (
      SELECT l.registration, row_number() OVER (ORDER BY l.replay IS NOT NULL, l.position) AS place
        FROM feed.lanes l
       WHERE l.subscriber = p_subscriber AND l.state = 'due' AND l.due_at <= clock_timestamp()
       ORDER BY place LIMIT p_window
    ), given AS (
      UPDATE feed.lanes l
         SET state = 'sent', ticket = cursor_row.sent + due.place, attempt = l.attempt + 1, sent_at = clock_timestamp()
        FROM due WHERE l.subscriber = p_subscriber AND l.registration = due.registration
      RETURNING l.ticket, l.registration, l.position, l.replay, l.attempt
    )
    SELECT array_agg(g.ticket ORDER BY g.ticket), array_agg(g.registration ORDER BY g.ticket),
           array_agg(g.position ORDER BY g.ticket), array_agg(g.replay ORDER BY g.ticket),
           array_agg(g.attempt ORDER BY g.ticket), max(g.ticket)
      INTO tickets, registrations, positions, replays, attempts, last_ticket FROM given g;
  END IF;

  cursor_position := cursor_row.position;
  UPDATE feed.cursors c
     SET position = cursor_row.position, sent = coalesce(last_ticket, c.sent), confirmed = greatest(c.confirmed, p_confirmed),
         acknowledged = cursor_row.acknowledged
   WHERE c.subscriber = p_subscriber;
END $$;
