-- Read and written by the store, the API and whoever asks for replays.
--
-- Answers to requests that are about no registration, or that must not tell whether there is one, are kept beside the others.
ALTER TABLE public.commands
  ALTER COLUMN registration_id DROP NOT NULL,
  ALTER COLUMN last_sequence DROP NOT NULL;

-- A replay that was asked for with an Idempotency-Key bears the command's id, and the keyed hash of its request.
ALTER TABLE feed.replays ADD COLUMN request_hash bytea CHECK (length(request_hash) = 32);
