-- Read and written by the crate `subscribers`: where webhooks are called, by which key calls are signed, and what came of them.

CREATE TABLE feed.webhooks (
  subscriber      text PRIMARY KEY REFERENCES feed.subscribers,
  url             text NOT NULL CHECK (url ~ '^https?://' AND length(url) <= 2000),
  -- The key of signatures, sealed by the keyring for this subscriber: unlike a credential it must be read again.
  sealed_key      bytea NOT NULL,
  -- Whether addresses of private networks, and plain http, are allowed.
  allow_private   boolean NOT NULL DEFAULT false,
  -- The endpoint said that it is gone (410); the subscriber is paused until an operator resumes it.
  gone_at         timestamptz
);
GRANT SELECT, INSERT, UPDATE ON feed.webhooks TO onboarding_service;

-- Calls of late, for operators. Neither the event nor the answer's body is kept.
CREATE TABLE feed.deliveries (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subscriber   text NOT NULL REFERENCES feed.subscribers,
  registration uuid NOT NULL,
  position     bigint NOT NULL,
  webhook_id   text NOT NULL,
  attempt      integer NOT NULL,
  called_at    timestamptz NOT NULL,
  milliseconds integer NOT NULL,
  -- The answer's status, where there was an answer.
  status       smallint,
  -- `acknowledged`, `later`, `refused` (given up: the registration is parked), `gone`.
  outcome      text NOT NULL CHECK (outcome IN ('acknowledged', 'later', 'refused', 'gone')),
  -- What was in the way, a code or a sentence of ours.
  obstacle     text,
  next_at      timestamptz
);
CREATE INDEX deliveries_of_subscriber ON feed.deliveries (subscriber, id);
GRANT SELECT, INSERT, DELETE ON feed.deliveries TO onboarding_service;
