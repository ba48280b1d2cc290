-- Read by every role, and written by each: which epochs' keys lie on some machine, by name. The keys themselves never come here: what was
-- erased would open from a backup of the database as long as the master key exists. Machines hand them to each other, sealed, over
-- LISTEN and NOTIFY, which leave no trace on a disk.
--
-- `held_at` is when a machine last said so: what a restored database remembers of epochs that are gone makes nobody wait.
CREATE TABLE keyring.held_epochs (
  epoch   text PRIMARY KEY,
  held_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE keyring.held_epochs OWNER TO onboarding_keyring;
GRANT SELECT, INSERT, UPDATE ON keyring.held_epochs TO onboarding_service;
