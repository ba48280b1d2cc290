-- Read by every role and command at start: which master key this database belongs to.
--
-- With another key every address would look new and nothing sealed could be read, without any error. The fingerprint is
-- derived from the key by a one-way function and says nothing of it.
CREATE TABLE keyring.master_key (
  only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
  since       timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE keyring.master_key OWNER TO onboarding_keyring;
GRANT SELECT, INSERT ON keyring.master_key TO onboarding_service;
