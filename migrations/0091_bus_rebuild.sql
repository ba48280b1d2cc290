-- Read by `onboarding bus rebuild` and `onboarding doctor`: a rebuild of the stream that was begun and is not done.
--
-- Written before the stream is deleted, removed when all is set up again. What only the old stream knew stands here
-- meanwhile: its settings, its consumers and their places, and where it parted from the log.
CREATE TABLE public.bus_rebuild (
  only_row boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
  plan     jsonb       NOT NULL,
  begun_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON public.bus_rebuild TO onboarding_service;
