-- Read by the relay, which signs; by the API, which serves checkpoint, tiles and cosignatures; by the auditor.
--
-- One table for the checkpoints of every log and every name that a log has had: a size has one root under one name.
-- The events' log has the name that is configured; the access log has the same with `/access` behind it.
ALTER TABLE public.checkpoints ADD COLUMN origin text NOT NULL DEFAULT '';
ALTER TABLE public.checkpoints ALTER COLUMN origin DROP DEFAULT;
ALTER TABLE public.checkpoints DROP CONSTRAINT checkpoints_pkey;
ALTER TABLE public.checkpoints ADD CONSTRAINT checkpoints_pkey PRIMARY KEY (origin, size);

-- Roots of full tiles, one row for 256^level leaves: what the levels above 0 of the tiles are made of. Level 0 is the
-- log's own leaf hashes. They save reading the whole log; nobody believes them without a signed root.
CREATE TABLE public.log_nodes (
  log   text NOT NULL CHECK (log IN ('events', 'accesses')),
  level smallint NOT NULL CHECK (level BETWEEN 1 AND 7),
  index bigint NOT NULL CHECK (index >= 0),
  hash  bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (log, level, index)
);

-- What witnesses said of checkpoints. A witness is believed by its key, so anybody may bring its line.
CREATE TABLE public.cosignatures (
  origin      text NOT NULL,
  size        bigint NOT NULL,
  witness     text NOT NULL,                               -- the witness's name
  line        text NOT NULL,                               -- the note's line (C2SP tlog-cosignature), verbatim
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (origin, size, witness),
  FOREIGN KEY (origin, size) REFERENCES public.checkpoints (origin, size)
);

CREATE TRIGGER cosignatures_append_only BEFORE UPDATE OR DELETE ON public.cosignatures
  FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting();
CREATE TRIGGER cosignatures_never_truncated BEFORE TRUNCATE ON public.cosignatures
  FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();
ALTER TABLE public.cosignatures ENABLE ALWAYS TRIGGER cosignatures_append_only;
ALTER TABLE public.cosignatures ENABLE ALWAYS TRIGGER cosignatures_never_truncated;
CREATE TRIGGER log_nodes_append_only BEFORE UPDATE OR DELETE ON public.log_nodes
  FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting();
CREATE TRIGGER log_nodes_never_truncated BEFORE TRUNCATE ON public.log_nodes
  FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();
ALTER TABLE public.log_nodes ENABLE ALWAYS TRIGGER log_nodes_append_only;
ALTER TABLE public.log_nodes ENABLE ALWAYS TRIGGER log_nodes_never_truncated;

-- The default rights on new tables (migration 0007) would let the service rewrite.
REVOKE ALL ON public.log_nodes, public.cosignatures FROM onboarding_service;
GRANT SELECT, INSERT ON public.log_nodes, public.cosignatures TO onboarding_service;
