-- $1: a JSON array of rows. Their members have the names of the columns.
INSERT INTO registrations AS old
  (registration_id, stage, version, position, journey, flow, started_at, last_event_at, idle_since, reminded, mail,
   establishments, pending_check, memory)
SELECT registration_id, stage, version, position, journey, flow, started_at, last_event_at, idle_since, reminded, mail,
       establishments, pending_check, memory
  FROM json_populate_recordset(NULL::registrations, $1::json)
ON CONFLICT (registration_id) DO UPDATE
   SET stage = excluded.stage, version = excluded.version, position = excluded.position, journey = excluded.journey,
       flow = excluded.flow, started_at = excluded.started_at, last_event_at = excluded.last_event_at,
       idle_since = excluded.idle_since, reminded = excluded.reminded, mail = excluded.mail,
       establishments = excluded.establishments, pending_check = excluded.pending_check, memory = excluded.memory
