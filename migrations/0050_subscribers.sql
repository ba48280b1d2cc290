-- Read and written by the crate `subscribers`: who receives the feed, and by which secret each is known.
CREATE SCHEMA feed;
GRANT USAGE ON SCHEMA feed TO onboarding_service;

CREATE TABLE feed.subscribers (
  -- Stands in subjects, in the name of the stream and in the log of accesses; a revoked name is not given to another.
  name              text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9-]{0,30}$'),
  -- `nats`: fetches from a stream of its own; `webhook`: is called over HTTP.
  kind              text NOT NULL CHECK (kind IN ('nats', 'webhook')),
  -- The names of the events that it asked for.
  events            text[] NOT NULL CHECK (cardinality(events) > 0),
  -- SHA-256 of the secret, which has 256 random bits: nobody finds it by trying, so no slow hash is needed.
  secret_hash       bytea NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
  secret_changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- It was promised every event after this position.
  begins_after      bigint NOT NULL CHECK (begins_after >= 0),
  created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Nothing is handed over while set; events wait.
  paused_at         timestamptz,
  -- Its secret opens nothing any more.
  revoked_at        timestamptz
);

GRANT SELECT, INSERT, UPDATE ON feed.subscribers TO onboarding_service;
