-- Read and written by the mailer alone.
--
-- How far each mail has come, so that a mailer that dies between a server's "250" and the event knows it afterwards,
-- and two mailers do not send the same mail. Nothing here names a person: who it goes to, what it says and its link
-- are read from the sealed events when it is written, and forgotten with it.

CREATE SCHEMA IF NOT EXISTS mailer;

CREATE TABLE mailer.ledger (
    -- The request's id; for a notice, `<registration>.<sequence it tells of>.<notice>`. Also the local part of message_id.
    mail_key        text        PRIMARY KEY,
    registration_id uuid        NOT NULL,
    -- The mail's Message-ID, without angle brackets: the same at every try.
    message_id      text        NOT NULL,
    -- waiting: tried, surely not sent, to be tried again. sending: a try is under way or was cut short, so that nobody
    -- knows. sent, failed: over. withdrawn: no longer wanted, nothing was sent.
    state           text        NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'withdrawn')),
    -- Tries begun, each at a server that could be reached or not.
    attempts        integer     NOT NULL CHECK (attempts >= 0),
    -- True once a try ended without a known outcome: the person may have the mail twice.
    possibly_twice  boolean     NOT NULL DEFAULT false,
    -- The server's latest answer; 0 for a file.
    server_code     smallint,
    -- With failed: refused, expired or unsendable, as in the event.
    failure         text        CHECK ((failure IS NOT NULL) = (state = 'failed')),
    -- No try before this moment.
    not_before      timestamptz NOT NULL DEFAULT '-infinity',
    -- The try under way, and until when it has the mail to itself, by this server's clock.
    lease           uuid,
    lease_until     timestamptz,
    started_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at     timestamptz,
    -- When the outcome stood in the registration's events.
    recorded_at     timestamptz,
    CHECK ((state = 'sending') = (lease IS NOT NULL)),
    CHECK ((lease IS NULL) = (lease_until IS NULL))
);
-- For sweeping rows that are over and recorded.
CREATE INDEX ledger_recorded ON mailer.ledger (recorded_at) WHERE recorded_at IS NOT NULL;

GRANT USAGE ON SCHEMA mailer TO onboarding_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON mailer.ledger TO onboarding_service;
