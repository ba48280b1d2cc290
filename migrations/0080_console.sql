-- Read and written by the console: who may sign in there, and who is signed in.
--
-- Secrets and tokens are random and stand here only as their SHA-256. What a member of staff does is told by
-- `public.access_log`; a row here is never deleted while that log names it, hence `removed_at`.
CREATE SCHEMA console;

CREATE TABLE console.staff (
  name        text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9._-]{1,39}$'),
  role        text NOT NULL CHECK (role IN ('auditor', 'operator', 'privacy_officer')),
  secret_hash bytea NOT NULL CHECK (length(secret_hash) = 32),
  added_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  removed_at  timestamptz
);

CREATE TABLE console.sessions (
  token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
  name       text NOT NULL,
  role       text NOT NULL,
  -- Why they signed in, in their words; stands in the access log beside everything they do.
  purpose    text NOT NULL CHECK (length(purpose) BETWEEN 5 AND 200),
  opened_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  used_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_name ON console.sessions (name);

GRANT USAGE ON SCHEMA console TO onboarding_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA console TO onboarding_service;
