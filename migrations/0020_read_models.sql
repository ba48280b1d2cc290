-- Read by the projector, the console, reminders, expiry and register checks.
--
-- Read models are made from the log and can be made again from it at any time, so they may lag and may be thrown
-- away. None holds a name or an address. `read_next` is the room where `onboarding projections rebuild` and `verify`
-- fold a fresh copy: a later migration that changes a table of `read` changes its twin there too.
CREATE SCHEMA IF NOT EXISTS read;
CREATE SCHEMA IF NOT EXISTS read_next;
GRANT USAGE ON SCHEMA read, read_next TO onboarding_service;

-- How far the read models have come. They advance together, in one transaction with what they remember.
CREATE TABLE read.checkpoints (
  projection   text PRIMARY KEY,
  position     bigint NOT NULL CHECK (position >= 0),      -- the last position of the log that is folded in
  fold_version int NOT NULL,                               -- the release of the fold that wrote the rows
  updated_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO read.checkpoints (projection, position, fold_version) VALUES ('read_models', 0, 1);

-- One row a registration, whatever became of it.
CREATE TABLE read.registrations (
  registration_id uuid PRIMARY KEY,
  stage           text NOT NULL,
  version         bigint NOT NULL,                         -- sequence of the last event
  position        bigint NOT NULL,                         -- its place in the log
  journey         text CHECK (journey IN ('known', 'unknown')),
  flow            text NOT NULL,
  started_at      timestamptz NOT NULL,
  last_event_at   timestamptz NOT NULL,
  idle_since      timestamptz NOT NULL,                    -- when the person last did something
  reminded        boolean NOT NULL,                        -- whether the person was reminded of it
  mail            text CHECK (mail IN ('requested', 'sent', 'failed')),
  establishments  int NOT NULL,                            -- how many the person is attached to
  pending_check   text,                                    -- SIRET whose register still owes an answer
  memory          jsonb NOT NULL                           -- what the fold must remember to go on
);
CREATE INDEX registrations_by_rest ON read.registrations (idle_since)
  WHERE stage NOT IN ('active', 'expired', 'erased');
CREATE INDEX registrations_with_pending_check ON read.registrations (last_event_at) WHERE pending_check IS NOT NULL;
CREATE INDEX registrations_by_stage ON read.registrations (stage);
CREATE INDEX registrations_by_position ON read.registrations (position);

-- Accounts. An erased person's rows are deleted.
CREATE TABLE read.people (
  registration_id uuid PRIMARY KEY,
  active_since    timestamptz NOT NULL,
  topics          text[] NOT NULL
);
CREATE TABLE read.people_establishments (
  registration_id uuid NOT NULL,
  siret           text NOT NULL,
  linked_by       text NOT NULL,
  linked_at       timestamptz NOT NULL,
  PRIMARY KEY (registration_id, siret)
);
CREATE INDEX people_establishments_by_siret ON read.people_establishments (siret);

-- How many registrations reached each step, by the day (Europe/Paris) on which they first did.
CREATE TABLE read.funnel (
  day     date NOT NULL,
  journey text NOT NULL,
  step    text NOT NULL,
  reached bigint NOT NULL,
  PRIMARY KEY (day, journey, step)
);

-- The copy is thrown away after use, so it need not survive a crash.
CREATE UNLOGGED TABLE read_next.registrations (LIKE read.registrations INCLUDING ALL);
CREATE UNLOGGED TABLE read_next.people (LIKE read.people INCLUDING ALL);
CREATE UNLOGGED TABLE read_next.people_establishments (LIKE read.people_establishments INCLUDING ALL);
CREATE UNLOGGED TABLE read_next.funnel (LIKE read.funnel INCLUDING ALL);

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA read, read_next TO onboarding_service;
