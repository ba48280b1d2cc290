-- Read by the store, when a command loads a registration and when whoever holds the right resolves a person.
--
-- One key a person, wrapped by an epoch key that is a file outside PostgreSQL. A destroyed key leaves its row as
-- a tombstone, so that no later write can take the registration for one that never had a key.
CREATE SCHEMA keyring AUTHORIZATION onboarding_keyring;

CREATE TABLE keyring.person_keys (
  registration_id uuid CONSTRAINT person_keys_pkey PRIMARY KEY,
  key_id       uuid NOT NULL,
  epoch        text NOT NULL,
  wrapped      bytea,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  destroyed_at timestamptz,
  CONSTRAINT person_keys_live_or_destroyed CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
CREATE INDEX person_keys_by_epoch ON keyring.person_keys (epoch) WHERE wrapped IS NOT NULL;

-- A key may be wrapped anew under another epoch, or destroyed. It is never exchanged, removed or brought back.
CREATE FUNCTION keyring.guard_person_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'person keys leave a tombstone' USING ERRCODE = 'ES009';
  END IF;
  IF NEW.registration_id <> OLD.registration_id OR NEW.key_id <> OLD.key_id OR NEW.created_at <> OLD.created_at
     OR OLD.wrapped IS NULL THEN
    RAISE EXCEPTION 'a person key is only wrapped anew or destroyed' USING ERRCODE = 'ES009';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER person_keys_guard BEFORE UPDATE OR DELETE ON keyring.person_keys
  FOR EACH ROW EXECUTE FUNCTION keyring.guard_person_keys();
CREATE TRIGGER person_keys_never_truncated BEFORE TRUNCATE ON keyring.person_keys
  FOR EACH STATEMENT EXECUTE FUNCTION keyring.guard_person_keys();
ALTER TABLE keyring.person_keys ENABLE ALWAYS TRIGGER person_keys_guard;
ALTER TABLE keyring.person_keys ENABLE ALWAYS TRIGGER person_keys_never_truncated;

ALTER TABLE keyring.person_keys OWNER TO onboarding_keyring;
ALTER FUNCTION keyring.guard_person_keys() OWNER TO onboarding_keyring;

GRANT USAGE ON SCHEMA keyring TO onboarding_service;
GRANT SELECT, INSERT ON keyring.person_keys TO onboarding_service;
GRANT UPDATE (epoch, wrapped, destroyed_at) ON keyring.person_keys TO onboarding_service;
