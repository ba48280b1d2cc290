-- Read by the sequencer, the relay, the projector, subscribers' replays and the auditor.
--
-- The log gives each committed event its place: 1, 2, 3, without gaps, each with the hash of the event's stored
-- columns (services/store/src/leaf.rs says over which bytes). The place is at once the feed's position, the
-- readers' checkpoint and, less one, the leaf index of the Merkle tree of RFC 6962.
CREATE TABLE public.log (
  position     bigint PRIMARY KEY CHECK (position > 0),
  insert_order bigint NOT NULL,
  leaf_hash    bytea NOT NULL CHECK (length(leaf_hash) = 32),
  -- No foreign key: events are never deleted, and its check would lock, and so rewrite, every event's row.
  CONSTRAINT log_insert_order_key UNIQUE (insert_order)
);

-- One row. Its lock is the fence between rival sequencers.
CREATE TABLE public.log_head (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  size     bigint NOT NULL CHECK (size >= 0),  -- how many events are in the log, which is also the last position
  frontier bytea[] NOT NULL                    -- the roots of the tree's complete subtrees, largest first
);
INSERT INTO public.log_head (size, frontier) VALUES (0, '{}');

-- Signed statements of how large the log was and what it held.
CREATE TABLE public.checkpoints (
  size      bigint PRIMARY KEY CHECK (size >= 0),
  root      bytea NOT NULL CHECK (length(root) = 32),
  note      text NOT NULL,                               -- the signed note (C2SP tlog-checkpoint), verbatim
  signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TRIGGER log_append_only BEFORE UPDATE OR DELETE ON public.log
  FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting();
CREATE TRIGGER log_never_truncated BEFORE TRUNCATE ON public.log
  FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();
ALTER TABLE public.log ENABLE ALWAYS TRIGGER log_append_only;
ALTER TABLE public.log ENABLE ALWAYS TRIGGER log_never_truncated;

CREATE TRIGGER checkpoints_append_only BEFORE UPDATE OR DELETE ON public.checkpoints
  FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting();
CREATE TRIGGER checkpoints_never_truncated BEFORE TRUNCATE ON public.checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();
ALTER TABLE public.checkpoints ENABLE ALWAYS TRIGGER checkpoints_append_only;
ALTER TABLE public.checkpoints ENABLE ALWAYS TRIGGER checkpoints_never_truncated;

GRANT SELECT, INSERT ON public.log, public.checkpoints TO onboarding_service;
GRANT SELECT, UPDATE ON public.log_head TO onboarding_service;
