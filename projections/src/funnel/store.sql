-- $1: a JSON array of steps reached, with `at`, `journey` and `step`. A day is a day in Paris.
INSERT INTO funnel AS old (day, journey, step, reached)
SELECT (reached.at AT TIME ZONE 'Europe/Paris')::date, reached.journey, reached.step, count(*)
  FROM json_to_recordset($1::json) AS reached (at timestamptz, journey text, step text)
 GROUP BY 1, 2, 3
 ORDER BY 1, 2, 3
ON CONFLICT (day, journey, step) DO UPDATE SET reached = old.reached + excluded.reached
