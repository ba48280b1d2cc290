-- Read and written by the crate `subscribers`: how far each subscriber has come, and what is held back for it.
--
-- At most one event of a registration is under way to a subscriber. Its lane says which; later ones wait behind it and
-- need no rows, since the log gives them back by registration and position. A registration without a lane has nothing
-- under way: every event of it up to the cursor is acknowledged, or was skipped by an operator.
CREATE TABLE feed.cursors (
  subscriber   text PRIMARY KEY REFERENCES feed.subscribers,
  -- Every event up to here is acknowledged, or in a lane, or held behind one.
  position     bigint NOT NULL CHECK (position >= 0),
  -- The last ticket given out: in an own stream, the sequence of the message.
  sent         bigint NOT NULL DEFAULT 0 CHECK (sent >= 0),
  -- The last ticket of which the stream has said that it has the message.
  confirmed    bigint NOT NULL DEFAULT 0 CHECK (confirmed >= 0),
  acknowledged bigint NOT NULL DEFAULT 0
);

CREATE TABLE feed.lanes (
  subscriber   text   NOT NULL REFERENCES feed.subscribers,
  registration uuid   NOT NULL,
  -- The event under way.
  position     bigint NOT NULL,
  -- The replay for which it is sent again; null: for the first time.
  replay       uuid,
  -- `due`: to be handed over, not before due_at. `sent`: under its ticket. `parked`: refused, an operator decides.
  state        text   NOT NULL CHECK (state IN ('due', 'sent', 'parked')),
  due_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  ticket       bigint,
  -- How often it has been handed over to the stream or the endpoint.
  attempt      integer NOT NULL DEFAULT 0,
  sent_at      timestamptz,
  -- Why it was refused, or could not be delivered last time; the subscriber's or the endpoint's words, shortened.
  reason       text,
  deliveries   integer,
  parked_at    timestamptz,
  -- The first and the last event held behind it, where there are any; and the same for a replay.
  live_from    bigint,
  live_upto    bigint,
  replay_from  bigint,
  replay_upto  bigint,
  replay_next  uuid,
  PRIMARY KEY (subscriber, registration),
  CHECK ((state = 'sent') = (ticket IS NOT NULL)),
  CHECK ((state = 'parked') = (parked_at IS NOT NULL))
);
CREATE UNIQUE INDEX lanes_ticket ON feed.lanes (subscriber, ticket) WHERE ticket IS NOT NULL;
CREATE INDEX lanes_due ON feed.lanes (subscriber, due_at) WHERE state = 'due';

-- Events of the past that a subscriber has asked to be sent again.
CREATE TABLE feed.replays (
  id            uuid PRIMARY KEY,
  subscriber    text   NOT NULL REFERENCES feed.subscribers,
  from_position bigint NOT NULL CHECK (from_position > 0),
  to_position   bigint NOT NULL CHECK (to_position >= from_position),
  -- Only these; null: all.
  registrations uuid[],
  -- So many events a second at most.
  rate          integer NOT NULL CHECK (rate BETWEEN 1 AND 100000),
  -- Every event up to here was taken up.
  position      bigint NOT NULL,
  taken         bigint NOT NULL DEFAULT 0,
  credit_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- `operator` or `subscriber`.
  requested_by  text NOT NULL,
  requested_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  taken_up_at   timestamptz
);
CREATE INDEX replays_open ON feed.replays (subscriber, requested_at) WHERE taken_up_at IS NULL;

-- Events that an operator decided not to deliver, and why. Never deleted.
CREATE TABLE feed.skips (
  subscriber   text   NOT NULL,
  registration uuid   NOT NULL,
  position     bigint NOT NULL,
  refused_for  text,
  reason       text   NOT NULL,
  skipped_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX skips_subscriber ON feed.skips (subscriber, skipped_at);

-- Acknowledgements a minute, for the rate that `subscriber list` shows. Kept for a day.
CREATE TABLE feed.minutes (
  subscriber   text NOT NULL REFERENCES feed.subscribers,
  minute       timestamptz NOT NULL,
  acknowledged bigint NOT NULL,
  PRIMARY KEY (subscriber, minute)
);

GRANT SELECT, INSERT, UPDATE ON feed.cursors, feed.replays TO onboarding_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON feed.lanes, feed.minutes TO onboarding_service;
GRANT SELECT, INSERT ON feed.skips TO onboarding_service;

-- The first event that a subscriber wants of a registration, after a position and not after another.
CREATE FUNCTION feed.next_position(p_registration uuid, p_events text[], p_after bigint, p_upto bigint)
RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT l.position FROM public.events e JOIN public.log l ON l.insert_order = e.insert_order
   WHERE e.aggregate_type = 'registration' AND e.aggregate_id = p_registration::text
     AND e.event_type = ANY (p_events) AND l.position > p_after AND l.position <= p_upto
   ORDER BY l.position LIMIT 1
$$;

-- Lets these lanes go on to the next event held, which becomes due; lanes with none end. New events go before replayed
-- ones: a replay does not hold up what is new.
CREATE FUNCTION feed.go_on(p_subscriber text, p_events text[], p_registrations uuid[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM feed.lanes l
   WHERE l.subscriber = p_subscriber AND l.registration = ANY (p_registrations)
     AND l.live_from IS NULL AND l.replay_from IS NULL;
  UPDATE feed.lanes l
     SET position = coalesce(l.live_from, l.replay_from),
         replay = CASE WHEN l.live_from IS NULL THEN l.replay_next END,
         live_from = CASE WHEN l.live_from IS NOT NULL
                     THEN feed.next_position(l.registration, p_events, l.live_from, l.live_upto) END,
         replay_from = CASE WHEN l.live_from IS NULL
                       THEN feed.next_position(l.registration, p_events, l.replay_from, l.replay_upto)
                       ELSE l.replay_from END,
         state = 'due', due_at = clock_timestamp(), ticket = NULL, attempt = 0, sent_at = NULL,
         reason = NULL, deliveries = NULL, parked_at = NULL
   WHERE l.subscriber = p_subscriber AND l.registration = ANY (p_registrations);
END $$;

-- Puts events into lanes: the first of each registration becomes due, later ones wait behind it; all wait behind a lane
-- that is there already. The events come as pairs, in the order of their positions.
CREATE FUNCTION feed.line_up(p_subscriber text, p_registrations uuid[], p_positions bigint[], p_replay uuid)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO feed.lanes AS l
    (subscriber, registration, position, replay, state, live_from, live_upto, replay_from, replay_upto, replay_next)
  SELECT p_subscriber, given.registration, given.places[1], p_replay, 'due',
         CASE WHEN p_replay IS NULL THEN given.places[2] END,
         CASE WHEN p_replay IS NULL THEN given.places[cardinality(given.places)] END,
         CASE WHEN p_replay IS NOT NULL THEN given.places[2] END,
         CASE WHEN p_replay IS NOT NULL THEN given.places[cardinality(given.places)] END,
         p_replay
    FROM (SELECT registration, array_agg(position ORDER BY position) AS places
            FROM unnest(p_registrations, p_positions) AS event(registration, position)
           GROUP BY registration) AS given
  ON CONFLICT (subscriber, registration) DO UPDATE
     SET live_from = CASE WHEN p_replay IS NULL THEN coalesce(l.live_from, excluded.position) ELSE l.live_from END,
         live_upto = CASE WHEN p_replay IS NULL THEN excluded.live_upto ELSE l.live_upto END,
         replay_from = CASE WHEN p_replay IS NULL THEN l.replay_from ELSE coalesce(l.replay_from, excluded.position) END,
         replay_upto = CASE WHEN p_replay IS NULL THEN l.replay_upto ELSE excluded.replay_upto END,
         replay_next = coalesce(p_replay, l.replay_next)
$$;

-- One turn of a subscriber, all or nothing: settles what came of earlier tickets, takes up what is new in the log and in
-- its replay, and gives out tickets for what is due. The cursor's lock is the fence between rivals.
CREATE FUNCTION feed.turn(
  p_subscriber text,
  p_acked bigint[],
  p_refused bigint[], p_refusals text[], p_deliveries integer[],   -- the subscriber will not have these
  p_later bigint[], p_obstacles text[], p_pauses bigint[],         -- these could not be delivered; again after so many ms
  p_confirmed bigint,
  p_window integer, p_replay_window integer,  -- so many may be under way
  p_scan integer,                             -- so far ahead the log is read in one turn
  OUT cursor_position bigint, OUT log_end bigint, OUT under_way bigint,
  OUT tickets bigint[], OUT registrations uuid[], OUT positions bigint[], OUT replays uuid[], OUT attempts integer[]
) LANGUAGE plpgsql AS $$
DECLARE
  cursor_row feed.cursors;
  subscriber_row feed.subscribers;
  replay_row feed.replays;
  settled uuid[];
  found_registrations uuid[];
  found_positions bigint[];
  upto bigint;
  allowed integer;
  replayed bigint;
  last_ticket bigint;
BEGIN
  SELECT * INTO cursor_row FROM feed.cursors c WHERE c.subscriber = p_subscriber FOR UPDATE;
  SELECT * INTO subscriber_row FROM feed.subscribers s WHERE s.name = p_subscriber;
  SELECT size INTO log_end FROM public.log_head;
  IF cardinality(p_acked) > 0 THEN
    SELECT array_agg(l.registration) INTO settled FROM feed.lanes l
     WHERE l.subscriber = p_subscriber AND l.ticket = ANY (p_acked);
    IF settled IS NOT NULL THEN
      PERFORM feed.go_on(p_subscriber, subscriber_row.events, settled);
      cursor_row.acknowledged := cursor_row.acknowledged + cardinality(settled);
      INSERT INTO feed.minutes AS m VALUES (p_subscriber, date_trunc('minute', clock_timestamp()), cardinality(settled))
        ON CONFLICT (subscriber, minute) DO UPDATE SET acknowledged = m.acknowledged + excluded.acknowledged;
    END IF;
  END IF;
  IF cardinality(p_refused) > 0 THEN
    UPDATE feed.lanes l
       SET state = 'parked', ticket = NULL, parked_at = clock_timestamp(), reason = given.reason, deliveries = given.deliveries
      FROM unnest(p_refused, p_refusals, p_deliveries) AS given(ticket, reason, deliveries)
     WHERE l.subscriber = p_subscriber AND l.ticket = given.ticket;
  END IF;
  IF cardinality(p_later) > 0 THEN
    UPDATE feed.lanes l
       SET state = 'due', ticket = NULL, reason = given.reason,
           due_at = clock_timestamp() + given.pause * interval '1 millisecond'
      FROM unnest(p_later, p_obstacles, p_pauses) AS given(ticket, reason, pause)
     WHERE l.subscriber = p_subscriber AND l.ticket = given.ticket;
  END IF;

  SELECT count(*) FILTER (WHERE l.replay IS NULL), count(*) FILTER (WHERE l.replay IS NOT NULL) INTO under_way, replayed
    FROM feed.lanes l WHERE l.subscriber = p_subscriber AND l.state <> 'parked';

  IF subscriber_row.revoked_at IS NULL AND subscriber_row.paused_at IS NULL THEN
    IF under_way < p_window AND cursor_row.position < log_end THEN
      upto := least(log_end, cursor_row.position + least(p_scan, p_window - under_way));
      SELECT array_agg(e.aggregate_id::uuid ORDER BY l.position), array_agg(l.position ORDER BY l.position)
        INTO found_registrations, found_positions
        FROM public.log l JOIN public.events e ON e.insert_order = l.insert_order
       WHERE l.position > cursor_row.position AND l.position <= upto AND e.event_type = ANY (subscriber_row.events);
      PERFORM feed.line_up(p_subscriber, found_registrations, found_positions, NULL);
      cursor_row.position := upto;
    END IF;

    SELECT * INTO replay_row FROM feed.replays r
     WHERE r.subscriber = p_subscriber AND r.taken_up_at IS NULL ORDER BY r.requested_at, r.id LIMIT 1;
    IF FOUND THEN
      -- Unused credit is kept for a second, so that a pause is not followed by a flood.
      replay_row.credit_at := greatest(replay_row.credit_at, clock_timestamp() - interval '1 second');
      allowed := least(p_replay_window - replayed,
                       floor(extract(epoch FROM clock_timestamp() - replay_row.credit_at) * replay_row.rate));
      IF replay_row.position < replay_row.from_position THEN
        -- A lane holds events of one replay only. What a parked one still holds of an earlier replay comes again with this
        -- one where this one covers it; otherwise this one waits.
        UPDATE feed.lanes l SET replay_from = NULL
         WHERE l.subscriber = p_subscriber AND l.state = 'parked'
           AND l.replay_from >= replay_row.from_position AND l.replay_upto <= replay_row.to_position
           AND (replay_row.registrations IS NULL OR l.registration = ANY (replay_row.registrations));
        IF EXISTS (SELECT FROM feed.lanes l WHERE l.subscriber = p_subscriber AND l.replay_from IS NOT NULL) THEN
          allowed := 0;
        END IF;
      END IF;
      IF allowed > 0 THEN
        IF replay_row.registrations IS NULL THEN
          upto := least(replay_row.to_position, replay_row.position + p_scan);
          SELECT array_agg(given.registration ORDER BY given.position), array_agg(given.position ORDER BY given.position)
            INTO found_registrations, found_positions
            FROM (SELECT e.aggregate_id::uuid AS registration, l.position
                    FROM public.log l JOIN public.events e ON e.insert_order = l.insert_order
                   WHERE l.position > replay_row.position AND l.position <= upto
                     AND e.event_type = ANY (subscriber_row.events)
                   ORDER BY l.position LIMIT allowed) AS given;
        ELSE
          upto := replay_row.to_position;
          SELECT array_agg(given.registration ORDER BY given.position), array_agg(given.position ORDER BY given.position)
            INTO found_registrations, found_positions
            FROM (SELECT e.aggregate_id::uuid AS registration, l.position
                    FROM public.events e JOIN public.log l ON l.insert_order = e.insert_order
                   WHERE e.aggregate_type = 'registration' AND e.aggregate_id = ANY (replay_row.registrations::text[])
                     AND l.position > replay_row.position AND l.position <= upto
                     AND e.event_type = ANY (subscriber_row.events)
                   ORDER BY l.position LIMIT allowed) AS given;
        END IF;
        PERFORM feed.line_up(p_subscriber, found_registrations, found_positions, replay_row.id);
        IF cardinality(found_positions) = allowed THEN
          upto := found_positions[allowed];
        END IF;
        UPDATE feed.replays r
           SET position = upto,
               taken = r.taken + coalesce(cardinality(found_positions), 0),
               credit_at = replay_row.credit_at
                           + coalesce(cardinality(found_positions), 0) * interval '1 second' / replay_row.rate,
               taken_up_at = CASE WHEN upto >= r.to_position THEN clock_timestamp() END
         WHERE r.id = replay_row.id;
      END IF;
    END IF;

    WITH due AS (
      SELECT l.registration, row_number() OVER (ORDER BY l.replay IS NOT NULL, l.position) AS place
        FROM feed.lanes l
       WHERE l.subscriber = p_subscriber AND l.state = 'due' AND l.due_at <= clock_timestamp()
       ORDER BY place LIMIT p_window
    ), given AS (
      UPDATE feed.lanes l
         SET state = 'sent', ticket = cursor_row.sent + due.place, attempt = l.attempt + 1, sent_at = clock_timestamp()
        FROM due WHERE l.subscriber = p_subscriber AND l.registration = due.registration
      RETURNING l.ticket, l.registration, l.position, l.replay, l.attempt
    )
    SELECT array_agg(g.ticket ORDER BY g.ticket), array_agg(g.registration ORDER BY g.ticket),
           array_agg(g.position ORDER BY g.ticket), array_agg(g.replay ORDER BY g.ticket),
           array_agg(g.attempt ORDER BY g.ticket), max(g.ticket)
      INTO tickets, registrations, positions, replays, attempts, last_ticket FROM given g;
  END IF;

  cursor_position := cursor_row.position;
  UPDATE feed.cursors c
     SET position = cursor_row.position, sent = coalesce(last_ticket, c.sent), confirmed = greatest(c.confirmed, p_confirmed),
         acknowledged = cursor_row.acknowledged
   WHERE c.subscriber = p_subscriber;
END $$;
