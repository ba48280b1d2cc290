-- Read by the auditor, the console and the person's own export: who opened what is sealed, and what operators did.
--
-- A log of its own beside the events', kept the same way: places 1, 2, 3 without gaps, each with the hash of its stored
-- columns (services/store/src/access_leaf.rs says over which bytes), and a tree over them. An entry is committed before
-- what it tells of is handed out. Nothing in it names the person who was looked at; `actor` names who looked.
CREATE TABLE public.access_log (
  position        bigint PRIMARY KEY CHECK (position > 0),
  accessed_at     timestamptz NOT NULL,
  actor           text NOT NULL CHECK (actor <> ''),       -- such as subscriber:crm or operator:jane
  role            text NOT NULL,                           -- what the actor acted as, such as privacy_officer
  purpose         text NOT NULL,
  registration_id uuid,                                    -- none: the entry is about no one registration
  what            text NOT NULL CHECK (what ~ '^[a-z][a-z_.]{0,63}$'),
  grant_id        uuid,
  leaf_hash       bytea NOT NULL CHECK (length(leaf_hash) = 32)
);
CREATE INDEX access_log_by_registration ON public.access_log (registration_id, position) WHERE registration_id IS NOT NULL;

-- One row. Its lock gives the entries their places.
CREATE TABLE public.access_log_head (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  size     bigint NOT NULL CHECK (size >= 0),
  frontier bytea[] NOT NULL
);
INSERT INTO public.access_log_head (size, frontier) VALUES (0, '{}');

-- Signed statements of how large the access log was and what it held. Their origin is not the events' log's.
CREATE TABLE public.access_checkpoints (
  size      bigint PRIMARY KEY CHECK (size >= 0),
  root      bytea NOT NULL CHECK (length(root) = 32),
  note      text NOT NULL,
  signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE ON public.access_log
  FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting();
CREATE TRIGGER access_log_never_truncated BEFORE TRUNCATE ON public.access_log
  FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();
ALTER TABLE public.access_log ENABLE ALWAYS TRIGGER access_log_append_only;
ALTER TABLE public.access_log ENABLE ALWAYS TRIGGER access_log_never_truncated;

CREATE TRIGGER access_checkpoints_append_only BEFORE UPDATE OR DELETE ON public.access_checkpoints
  FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting();
CREATE TRIGGER access_checkpoints_never_truncated BEFORE TRUNCATE ON public.access_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();
ALTER TABLE public.access_checkpoints ENABLE ALWAYS TRIGGER access_checkpoints_append_only;
ALTER TABLE public.access_checkpoints ENABLE ALWAYS TRIGGER access_checkpoints_never_truncated;

-- The default rights on new tables (migration 0007) would let the service rewrite.
REVOKE ALL ON public.access_log, public.access_log_head, public.access_checkpoints FROM onboarding_service;
GRANT SELECT, INSERT ON public.access_log, public.access_checkpoints TO onboarding_service;
GRANT SELECT, UPDATE ON public.access_log_head TO onboarding_service;
