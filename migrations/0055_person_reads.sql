-- Read by the store for `GET /v1/people/…`, for `onboarding subscriber acknowledgements` and for the console.
--
-- Which subscriber has ever read which person, and whether it has acknowledged that the person is erased. Names nobody:
-- a registration's number and a subscriber's name. Rows outlive the person and the subscriber, since what was handed out stays so.
CREATE TABLE feed.person_reads (
  subscriber      text NOT NULL,
  registration    uuid NOT NULL,
  first_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  reads           bigint NOT NULL DEFAULT 1 CHECK (reads > 0),
  -- When the subscriber said that it has erased the person too.
  acknowledged_at timestamptz,
  PRIMARY KEY (registration, subscriber)
);
GRANT SELECT, INSERT, UPDATE ON feed.person_reads TO onboarding_service;

-- Erasures are few among many events: by this index the list of missing acknowledgements begins with them.
CREATE INDEX events_of_erasure ON public.events (aggregate_id) INCLUDE (recorded_at) WHERE event_type = 'PersonErased';
