-- Read and written by the projector and by `onboarding directory parked`, through the crate `directory`.
--
-- What is needed to take the messages of the stream CRM in, each once and never an older one over a newer one.

-- A message may say since when an establishment is closed; a file may not. An active one has no such day.
ALTER TABLE directory.establishments ADD COLUMN closed_on date;
CREATE FUNCTION directory.forget_closing_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.closed_on := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER active_again BEFORE INSERT OR UPDATE ON directory.establishments
  FOR EACH ROW WHEN (NEW.state = 'active' AND NEW.closed_on IS NOT NULL)
  EXECUTE FUNCTION directory.forget_closing_day();

-- The latest message taken of each establishment, good or bad, deletions among them. Streams are told apart by when they
-- were made, since one that is made anew counts from 1 again.
CREATE TABLE directory.establishment_messages (
    siret       text        PRIMARY KEY CHECK (siret ~ '^[0-9]{14}$'),
    stream_made timestamptz NOT NULL,
    sequence    bigint      NOT NULL CHECK (sequence >= 0),
    taken_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX establishment_messages_by_sequence ON directory.establishment_messages (stream_made, sequence);

-- Messages that could not be read, until a good one of the same establishment comes or they leave the stream. What
-- they say stands in the stream and is not copied here; nor is a subject that is no SIRET, which could be anything.
CREATE TABLE directory.parked_messages (
    stream_made timestamptz NOT NULL,
    sequence    bigint      NOT NULL CHECK (sequence > 0),
    siret       text        UNIQUE CHECK (siret ~ '^[0-9]{14}$'),
    -- [{"field": …, "reason": …}, …]
    faults      jsonb       NOT NULL,
    parked_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (stream_made, sequence)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON directory.establishment_messages, directory.parked_messages TO onboarding_service;
