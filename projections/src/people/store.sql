-- $1: the registrations that moved; $2 and $3: JSON arrays of their rows in `people` and `people_establishments`.
-- What is no longer in the arrays goes, and so do all rows of an erased person.
WITH person AS (
  SELECT registration_id, active_since, topics FROM json_populate_recordset(NULL::people, $2::json)
), attachment AS (
  SELECT registration_id, siret, linked_by, linked_at FROM json_populate_recordset(NULL::people_establishments, $3::json)
), person_gone AS (
  DELETE FROM people WHERE registration_id = ANY($1) AND registration_id NOT IN (SELECT registration_id FROM person)
), attachment_gone AS (
  DELETE FROM people_establishments
   WHERE registration_id = ANY($1) AND (registration_id, siret) NOT IN (SELECT registration_id, siret FROM attachment)
), person_kept AS (
  INSERT INTO people (registration_id, active_since, topics) TABLE person
  ON CONFLICT (registration_id) DO UPDATE SET active_since = excluded.active_since, topics = excluded.topics
)
INSERT INTO people_establishments (registration_id, siret, linked_by, linked_at) TABLE attachment
ON CONFLICT (registration_id, siret) DO UPDATE SET linked_by = excluded.linked_by, linked_at = excluded.linked_at
