-- Read and written by the mailer; read by every role, by `onboarding doctor` and by the console.
--
-- Why a mail waits, in the server's own codes, and whether a try that was cut short can have handed the mail over.
ALTER TABLE mailer.ledger
  -- A word of services/mailer/src/transport/cause.rs; null before the first trouble.
  ADD COLUMN cause text,
  -- The command that was answered, where there was an answer or a dialogue.
  ADD COLUMN command text,
  -- The enhanced status code beside server_code (RFC 3463).
  ADD COLUMN enhanced_code text,
  -- With `sending`: when the try was cleared to hand the mail over; null while it surely has not.
  ADD COLUMN handed_at timestamptz;

-- Nobody knows of the tries that are under way now.
UPDATE mailer.ledger SET handed_at = clock_timestamp() WHERE state = 'sending';

CREATE INDEX ledger_waiting ON mailer.ledger (cause, started_at) WHERE state = 'waiting';
