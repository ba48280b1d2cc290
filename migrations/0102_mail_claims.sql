-- Read and written by the mailer; read by every role, by `onboarding doctor` and by the console.
--
-- A mail is claimed right before it is handed over, so `sending` alone says that nobody knows.
ALTER TABLE mailer.ledger DROP COLUMN handed_at;
