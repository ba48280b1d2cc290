-- Read by nobody: the function through which looks are recorded, in one statement.
--
-- The head's lock gives the entries their places. It is held for this statement alone, and not over the round trips of
-- whoever looks: a slow or vanished caller makes nobody wait. Leaves and tree are those of the access log's form
-- (services/store/src/access_leaf.rs, services/tlog/src/frontier.rs); the store's tests compare both.

-- The bytes of one field of a leaf: its length, 8 bytes, big-endian, then itself.
CREATE FUNCTION public.leaf_field(p_field bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT int8send(length(p_field)) || p_field $$;

-- Records these entries, all or none, in the order given; answers with the last one's place. An empty uuid is NULL.
CREATE FUNCTION public.record_accesses(
  p_actors text[], p_roles text[], p_purposes text[], p_registrations uuid[], p_whats text[], p_grants uuid[],
  OUT last_position bigint
) LANGUAGE plpgsql AS $$
DECLARE
  subtrees bytea[];
  entry_at timestamptz;
  leaf bytea;
  carry bytea;
  rest bigint;
BEGIN
  SELECT h.size, h.frontier INTO STRICT last_position, subtrees FROM public.access_log_head h FOR UPDATE;
  -- Asked under the lock, so that times mostly rise with the places. Nothing relies on it.
  entry_at := clock_timestamp();
  FOR i IN 1 .. cardinality(p_actors) LOOP
    leaf := sha256('\x00'::bytea
      || public.leaf_field('onboarding/access/v1')
      || public.leaf_field(int8send((extract(epoch FROM entry_at) * 1000000)::bigint))
      || public.leaf_field(convert_to(p_actors[i], 'UTF8'))
      || public.leaf_field(convert_to(p_roles[i], 'UTF8'))
      || public.leaf_field(convert_to(p_purposes[i], 'UTF8'))
      || public.leaf_field(coalesce(uuid_send(p_registrations[i]), ''))
      || public.leaf_field(convert_to(p_whats[i], 'UTF8'))
      || public.leaf_field(coalesce(uuid_send(p_grants[i]), '')));
    INSERT INTO public.access_log
      (position, accessed_at, actor, role, purpose, registration_id, what, grant_id, leaf_hash)
      VALUES (last_position + 1, entry_at, p_actors[i], p_roles[i], p_purposes[i], p_registrations[i], p_whats[i], p_grants[i], leaf);
    -- Equal subtrees merge, as a carry runs through a binary counter: one for each trailing 1 of the size.
    carry := leaf;
    rest := last_position;
    WHILE rest % 2 = 1 LOOP
      carry := sha256('\x01'::bytea || subtrees[cardinality(subtrees)] || carry);
      subtrees := trim_array(subtrees, 1);
      rest := rest / 2;
    END LOOP;
    subtrees := subtrees || carry;
    last_position := last_position + 1;
  END LOOP;
  UPDATE public.access_log_head SET size = last_position, frontier = subtrees;
END $$;
