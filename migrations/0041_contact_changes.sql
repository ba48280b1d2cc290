-- Read and written by the mailer's chores, through the crates `directory` and `usecases`.
--
-- Addresses whose contacts have changed, by their keyed index, until somebody has looked whether an account is to be
-- attached. Triggers fill it, so that no way of writing contacts can forget to. A removal is not told here: attachments
-- are what happened, and stay.

CREATE SEQUENCE directory.contact_change_numbers AS bigint;

CREATE TABLE directory.contact_changes (
    address_index bytea       PRIMARY KEY CHECK (octet_length(address_index) = 32),
    -- The latest change. Whoever takes the row away names the change that they have seen, so that a later one stays.
    change        bigint      NOT NULL,
    -- How often nobody's account was found.
    looks         smallint    NOT NULL DEFAULT 0,
    -- Not looked at before this moment.
    due_at        timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX contact_changes_due ON directory.contact_changes (due_at);

-- Addresses are taken in order, so that two writers do not wait for each other in a circle. A row that is written again
-- as it was is no change.
CREATE FUNCTION directory.note_added_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO directory.contact_changes (address_index, change)
  SELECT email_index, nextval('directory.contact_change_numbers')
    FROM (SELECT DISTINCT email_index FROM written ORDER BY email_index) AS addresses
  ON CONFLICT (address_index) DO UPDATE
     SET (change, looks, due_at) = (excluded.change, 0, excluded.due_at);
  RETURN NULL;
END $$;

CREATE FUNCTION directory.note_changed_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO directory.contact_changes (address_index, change)
  SELECT email_index, nextval('directory.contact_change_numbers')
    FROM (SELECT DISTINCT written.email_index
            FROM written JOIN earlier USING (contact_index)
           WHERE written.fingerprint <> earlier.fingerprint ORDER BY email_index) AS addresses
  ON CONFLICT (address_index) DO UPDATE
     SET (change, looks, due_at) = (excluded.change, 0, excluded.due_at);
  RETURN NULL;
END $$;

CREATE TRIGGER contacts_added AFTER INSERT ON directory.contacts
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION directory.note_added_contacts();
CREATE TRIGGER contacts_changed AFTER UPDATE ON directory.contacts
  REFERENCING OLD TABLE AS earlier NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION directory.note_changed_contacts();

GRANT SELECT, INSERT, UPDATE, DELETE ON directory.contact_changes TO onboarding_service;
GRANT USAGE ON SEQUENCE directory.contact_change_numbers TO onboarding_service;
