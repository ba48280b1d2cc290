-- Read by nobody: schemas for the tables that other parts own, and rights on whatever they make in them.
--
-- `directory` holds the organisation's contacts and establishments, `read` the read models, which the projector may
-- also make beside the old ones and swap. Default rights follow the login that makes a table, which is the one that
-- migrates; the tables made so far have been given exactly the rights that they need, and keep them.
CREATE SCHEMA IF NOT EXISTS directory;
CREATE SCHEMA IF NOT EXISTS read;
GRANT USAGE ON SCHEMA directory TO onboarding_service;
GRANT USAGE, CREATE ON SCHEMA read TO onboarding_service;

ALTER DEFAULT PRIVILEGES IN SCHEMA public, directory, read
  GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO onboarding_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public, directory, read
  GRANT USAGE, SELECT ON SEQUENCES TO onboarding_service;

-- So that `doctor`, acting as the service, can say which migrations have run.
GRANT SELECT ON public._sqlx_migrations TO onboarding_service;
