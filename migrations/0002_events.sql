-- Read by the store (and through it by every command), the sequencer, the auditor, and by postgres-es.
--
-- `events` is the truth. Its first seven columns are those of postgres-es 0.5, name for name, so that this
-- library reads and writes the table unchanged; the last three have defaults that it need not know.
CREATE TABLE public.events (
  aggregate_type text NOT NULL,
  aggregate_id   text NOT NULL,
  sequence       bigint NOT NULL,
  event_type     text NOT NULL,
  event_version  text NOT NULL,
  payload        json NOT NULL,                            -- json, not jsonb: the bytes are kept as they came, and hashed
  metadata       json NOT NULL,
  insert_order   bigint GENERATED ALWAYS AS IDENTITY,      -- the order of allocation, not of commit: never a cursor
  event_id       uuid NOT NULL DEFAULT gen_random_uuid(),  -- the store binds a UUIDv7
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT events_pkey PRIMARY KEY (aggregate_type, aggregate_id, sequence),
  CONSTRAINT events_insert_order_key UNIQUE (insert_order),
  CONSTRAINT events_event_id_key UNIQUE (event_id),
  CONSTRAINT events_sequence_from_one CHECK (sequence > 0),
  -- Every row of this table goes to the feed, which carries registrations and nothing else, under a subject made
  -- of the id and the type. A stranger's row is refused here rather than blocking the feed for ever.
  CONSTRAINT events_of_registrations CHECK (aggregate_type = 'registration'),
  CONSTRAINT events_of_canonical_uuids CHECK (aggregate_id::uuid::text = aggregate_id),
  CONSTRAINT events_type_is_a_name CHECK (event_type ~ '^[A-Z][A-Za-z0-9]{0,63}$'),
  CONSTRAINT events_version_is_a_number CHECK (event_version ~ '^[0-9]{1,9}([.][0-9]{1,9}){0,2}$')
);

-- postgres-es expects the table. Nothing here takes snapshots: they would hold state outside the log.
CREATE TABLE public.snapshots (
  aggregate_type   text NOT NULL,
  aggregate_id     text NOT NULL,
  last_sequence    bigint NOT NULL CHECK (last_sequence >= 0),
  current_snapshot bigint NOT NULL CHECK (current_snapshot >= 0),
  payload          json NOT NULL,
  PRIMARY KEY (aggregate_type, aggregate_id, last_sequence)
);

-- Events that the sequencer has not placed in the log yet. Rows live for milliseconds, so dead ones are swept early.
CREATE TABLE public.outbox (insert_order bigint PRIMARY KEY)
  WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- Whoever inserts, and with whatever rights, the event reaches the outbox: hence SECURITY DEFINER and ENABLE ALWAYS.
CREATE FUNCTION public.events_to_outbox() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public.outbox (insert_order) SELECT insert_order FROM new_rows;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION public.events_to_outbox() FROM PUBLIC;

CREATE TRIGGER events_to_outbox AFTER INSERT ON public.events
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.events_to_outbox();
ALTER TABLE public.events ENABLE ALWAYS TRIGGER events_to_outbox;

-- Rights already forbid the service to rewrite; these triggers also stop the owner's own slip of the hand.
CREATE FUNCTION public.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'ES009';
END $$;

CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON public.events
  FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting();
CREATE TRIGGER events_never_truncated BEFORE TRUNCATE ON public.events
  FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();
ALTER TABLE public.events ENABLE ALWAYS TRIGGER events_append_only;
ALTER TABLE public.events ENABLE ALWAYS TRIGGER events_never_truncated;

GRANT SELECT, INSERT ON public.events TO onboarding_service;
GRANT SELECT ON public.snapshots TO onboarding_service;
GRANT SELECT, DELETE ON public.outbox TO onboarding_service;
