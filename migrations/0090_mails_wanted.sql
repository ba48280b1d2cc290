-- Read by every role, by `onboarding doctor` and by the console: which mails were asked for and have no outcome yet.
--
-- The events themselves keep this list, in the transaction that appends them: it is right whatever role, stream or read
-- model is away or behind, and holds no more rows than mails that are open. What has become of each stands in the ledger.
CREATE TABLE mailer.wanted (
  registration_id uuid        NOT NULL,
  -- 0: the mail with the current link, of which there is one at most; else the sequence of what a notice tells of.
  slot            bigint      NOT NULL,
  -- As in the ledger.
  mail_key        text        NOT NULL,
  -- The sequence of the event that asks for it.
  sequence        bigint      NOT NULL,
  asked_at        timestamptz NOT NULL,
  PRIMARY KEY (registration_id, slot)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX wanted_by_age ON mailer.wanted (asked_at);
GRANT SELECT ON mailer.wanted TO onboarding_service;

-- Keeps the list for one event. It never refuses: an event that is not as this release writes it changes nothing here.
CREATE FUNCTION mailer.note_wanted(p_registration uuid, p_sequence bigint, p_type text, p_payload json, p_at timestamptz)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  notice text;
BEGIN
  CASE p_type
    WHEN 'VerificationRequested' THEN
      IF p_payload->>'request_id' IS NOT NULL THEN
        INSERT INTO mailer.wanted AS w (registration_id, slot, mail_key, sequence, asked_at)
        VALUES (p_registration, 0, p_payload->>'request_id', p_sequence, p_at)
        ON CONFLICT (registration_id, slot) DO UPDATE
           SET mail_key = excluded.mail_key, sequence = excluded.sequence, asked_at = excluded.asked_at;
      END IF;
      RETURN;
    WHEN 'VerificationMailSent', 'VerificationMailFailed' THEN
      DELETE FROM mailer.wanted w
       WHERE w.registration_id = p_registration AND w.slot = 0 AND w.mail_key = p_payload->>'request_id';
      RETURN;
    WHEN 'NoticeMailSent', 'NoticeMailFailed', 'InactivityMailSent', 'InactivityMailFailed' THEN
      DELETE FROM mailer.wanted w
       WHERE w.registration_id = p_registration AND w.slot > 0 AND w.slot::text = p_payload->>'about';
      RETURN;
    WHEN 'ErasureRequested', 'PersonErased' THEN
      -- What becomes of a mail to somebody who is to be forgotten leaves no trace.
      DELETE FROM mailer.wanted w WHERE w.registration_id = p_registration;
      RETURN;
    WHEN 'IdentitySubmitted' THEN
      IF p_payload->>'new_address' = 'true' THEN
        DELETE FROM mailer.wanted w WHERE w.registration_id = p_registration AND w.slot = 0;
      END IF;
      RETURN;
    WHEN 'RegistrationExpired' THEN
      DELETE FROM mailer.wanted w WHERE w.registration_id = p_registration AND w.slot = 0;
      RETURN;
    WHEN 'PasswordSet' THEN
      DELETE FROM mailer.wanted w WHERE w.registration_id = p_registration AND w.slot = 0;
      notice := 'password_set';
    WHEN 'RegisterCheckCompleted' THEN
      IF p_payload->'register_check'->>'status' IN ('closed', 'not_found') THEN
        notice := 'establishment_closed';
      END IF;
    WHEN 'InactivityWarned' THEN
      notice := 'inactivity_warned';
    ELSE
      RETURN;
  END CASE;
  IF notice IS NOT NULL THEN
    INSERT INTO mailer.wanted (registration_id, slot, mail_key, sequence, asked_at)
    VALUES (p_registration, p_sequence, p_registration || '.' || p_sequence || '.' || notice, p_sequence, p_at)
    ON CONFLICT DO NOTHING;
  END IF;
END $$;
REVOKE ALL ON FUNCTION mailer.note_wanted FROM PUBLIC;

CREATE FUNCTION mailer.events_to_wanted() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM mailer.note_wanted(NEW.aggregate_id::uuid, NEW.sequence, NEW.event_type, NEW.payload, NEW.recorded_at);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION mailer.events_to_wanted() FROM PUBLIC;

-- A first step ends no earlier mail, so that most registrations cost one row here and its removal.
CREATE TRIGGER events_to_wanted AFTER INSERT ON public.events FOR EACH ROW
  WHEN (NEW.event_type IN ('VerificationRequested', 'VerificationMailSent', 'VerificationMailFailed', 'NoticeMailSent',
          'NoticeMailFailed', 'InactivityMailSent', 'InactivityMailFailed', 'ErasureRequested', 'PersonErased',
          'RegistrationExpired', 'PasswordSet', 'RegisterCheckCompleted', 'InactivityWarned')
        OR (NEW.event_type = 'IdentitySubmitted' AND NEW.sequence > 1))
  EXECUTE FUNCTION mailer.events_to_wanted();

-- Mails that are open now: of the last three days, after which nothing waits any more. Events have no index by time, so
-- where to begin is found by halves.
DO $$
DECLARE
  low bigint; high bigint; middle bigint; seen timestamptz; event record;
BEGIN
  SELECT coalesce(min(insert_order), 0), coalesce(max(insert_order), 0) + 1 INTO low, high FROM public.events;
  WHILE low < high LOOP
    middle := low + (high - low) / 2;
    SELECT e.recorded_at INTO seen FROM public.events e WHERE e.insert_order >= middle ORDER BY e.insert_order LIMIT 1;
    IF seen < clock_timestamp() - interval '3 days' THEN low := middle + 1; ELSE high := middle; END IF;
  END LOOP;
  FOR event IN SELECT * FROM public.events e WHERE e.insert_order >= low ORDER BY e.insert_order LOOP
    PERFORM mailer.note_wanted(event.aggregate_id::uuid, event.sequence, event.event_type, event.payload, event.recorded_at);
  END LOOP;
END $$;
