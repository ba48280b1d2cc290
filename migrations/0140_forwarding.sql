-- Read by `onboarding doctor` and the console; written by the API.
--
-- When most visitors last came with forwarding headers that did not count, and how many of how many: a proxy stands before
-- the pages that nobody told the service of. No address is kept.
CREATE TABLE public.forwarding_noticed (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  noticed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  requests bigint NOT NULL,
  ignored bigint NOT NULL
);
