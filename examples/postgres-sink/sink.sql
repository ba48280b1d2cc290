-- The accounts as a CRM keeps them, made from the feed alone: who has an account since when, which topics they want mail
-- about, and the establishments that they are attached to. Events to ask for:
-- TopicsChosen,EstablishmentDeclared,EstablishmentLinked,RegisterCheckCompleted,PasswordSet,ErasureRequested,ErasureCancelled,PersonErased
CREATE SCHEMA IF NOT EXISTS crm;

CREATE TABLE IF NOT EXISTS crm.registrations (
  registration   uuid PRIMARY KEY,
  sequence       bigint NOT NULL,               -- of the last event applied; what is not above it has no second effect
  active_since   timestamptz,                   -- when the first password was set
  closing        boolean NOT NULL DEFAULT false, -- an erasure was asked for and waits
  topics         text[] NOT NULL DEFAULT '{}',
  declared_siret text,                          -- the establishment that the person named themselves
  declared_by    text                           -- what the attachment to it rests on, once there is one
);
CREATE TABLE IF NOT EXISTS crm.links (
  registration uuid NOT NULL REFERENCES crm.registrations ON DELETE CASCADE,
  siret        text NOT NULL,
  linked_by    text NOT NULL,
  linked_at    timestamptz NOT NULL,
  PRIMARY KEY (registration, siret)
);

-- What the rest of the CRM reads: those who can sign in.
CREATE OR REPLACE VIEW crm.people AS
  SELECT registration, active_since, topics FROM crm.registrations WHERE active_since IS NOT NULL AND NOT closing;
CREATE OR REPLACE VIEW crm.people_establishments AS
  SELECT registration, siret, linked_by, linked_at FROM crm.links JOIN crm.people USING (registration);

-- An establishment that was declared gives way to the next one, or to a register that does not have it. One that has the
-- person as a contact stays.
CREATE OR REPLACE FUNCTION crm.drop_declared(of uuid) RETURNS void LANGUAGE sql AS $$
  DELETE FROM crm.links USING crm.registrations r
   WHERE r.registration = of AND r.declared_by <> 'contact'
     AND links.registration = of AND links.siret = r.declared_siret AND links.linked_by = r.declared_by;
  UPDATE crm.registrations SET declared_siret = NULL, declared_by = NULL WHERE registration = of;
$$;

-- Applies one message of the feed. It tells whether that changed anything: what comes again does not.
CREATE OR REPLACE FUNCTION crm.apply(event jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  of   uuid := event ->> 'subject';
  data jsonb := event -> 'data';
  at   timestamptz := event ->> 'time';
BEGIN
  INSERT INTO crm.registrations (registration, sequence) VALUES (of, (event ->> 'sequence')::bigint)
  ON CONFLICT (registration) DO UPDATE SET sequence = excluded.sequence WHERE registrations.sequence < excluded.sequence;
  IF NOT FOUND THEN RETURN false; END IF;

  CASE data ->> 'type'
    WHEN 'TopicsChosen' THEN
      UPDATE crm.registrations SET topics = ARRAY(SELECT jsonb_array_elements_text(data -> 'topics')) WHERE registration = of;
    WHEN 'EstablishmentDeclared' THEN
      PERFORM crm.drop_declared(of);
      UPDATE crm.registrations SET declared_siret = data ->> 'siret' WHERE registration = of;
    WHEN 'RegisterCheckCompleted' THEN
      IF data -> 'register_check' ->> 'status' IN ('closed', 'not_found') THEN
        PERFORM crm.drop_declared(of) FROM crm.registrations WHERE registration = of AND declared_siret = data ->> 'siret';
      END IF;
    WHEN 'EstablishmentLinked' THEN
      INSERT INTO crm.links VALUES (of, data ->> 'siret', data ->> 'by', at) ON CONFLICT DO NOTHING;
      UPDATE crm.registrations SET declared_by = data ->> 'by' WHERE registration = of AND declared_siret = data ->> 'siret';
    WHEN 'PasswordSet' THEN
      UPDATE crm.registrations SET active_since = coalesce(active_since, at) WHERE registration = of;
    WHEN 'ErasureRequested' THEN
      UPDATE crm.registrations SET closing = true WHERE registration = of;
    WHEN 'ErasureCancelled' THEN
      UPDATE crm.registrations SET closing = false WHERE registration = of;
    WHEN 'PersonErased' THEN
      -- The bare row stays, so that nothing that comes again brings the person back.
      DELETE FROM crm.links WHERE registration = of;
      UPDATE crm.registrations
         SET active_since = NULL, closing = false, topics = '{}', declared_siret = NULL, declared_by = NULL
       WHERE registration = of;
    ELSE NULL; -- an event that this model takes nothing from
  END CASE;
  RETURN true;
END $$;
