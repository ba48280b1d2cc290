-- $1: the registrations that moved; $2 and $3: JSON arrays of their rows in `people` and `people_establishments`.
-- What is no longer in the arrays goes, and so do all rows of an erased person. Rows to go are looked up one registration after
-- the other, so that no plan scans the tables.
WITH person AS (
  SELECT registration_id, active_since, topics FROM json_populate_recordset(NULL::people, $2::json)
), attachment AS (
  SELECT registration_id, siret, linked_by, linked_at FROM json_populate_recordset(NULL::people_establishments, $3::json)
), person_gone AS (
  DELETE FROM people WHERE ctid = ANY (ARRAY(
    SELECT old.ctid FROM unnest($1::uuid[]) AS moved(id)
     CROSS JOIN LATERAL (SELECT p.ctid FROM people p WHERE p.registration_id = moved.id OFFSET 0) old
     WHERE moved.id NOT IN (SELECT registration_id FROM person)))
), attachment_gone AS (
  DELETE FROM people_establishments WHERE ctid = ANY (ARRAY(
    SELECT old.ctid FROM unnest($1::uuid[]) AS moved(id)
     CROSS JOIN LATERAL (SELECT e.ctid, e.siret FROM people_establishments e WHERE e.registration_id = moved.id OFFSET 0) old
     WHERE (moved.id, old.siret) NOT IN (SELECT registration_id, siret FROM attachment)))
), person_kept AS (
  INSERT INTO people (registration_id, active_since, topics) TABLE person
  ON CONFLICT (registration_id) DO UPDATE SET active_since = excluded.active_since, topics = excluded.topics
)
INSERT INTO people_establishments (registration_id, siret, linked_by, linked_at) TABLE attachment
ON CONFLICT (registration_id, siret) DO UPDATE SET linked_by = excluded.linked_by, linked_at = excluded.linked_at
