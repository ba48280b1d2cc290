-- Read by nobody: the two roles that own and use what the later files make.
--
-- `onboarding_service` is what every part of the service acts as: it may add events and never change them.
-- `onboarding_keyring` owns the persons' keys, which stand in a schema of their own.
-- Neither can log in. The login that migrates becomes a member of both and takes the first one on each connection.
--
-- Roles belong to the whole cluster, and several databases of it may be migrated at once, each under its own
-- lock. A rival therefore shows up here as a duplicate; after a moment the loop finds the role made.
DO $$
DECLARE
  role_name text;
  attempt int;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['onboarding_service', 'onboarding_keyring'] LOOP
    FOR attempt IN 1..50 LOOP
      BEGIN
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
          EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
        EXECUTE format('GRANT %I TO SESSION_USER', role_name);
        EXIT;
      EXCEPTION
        -- internal_error is how PostgreSQL says "tuple concurrently updated" about a catalogue row.
        WHEN duplicate_object OR unique_violation OR internal_error THEN
          IF attempt = 50 THEN RAISE; END IF;
          PERFORM pg_catalog.pg_sleep(0.02 * attempt);
        -- A login that may not create roles is fine where an administrator has made them and granted both.
        WHEN insufficient_privilege THEN
          IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name)
             AND pg_catalog.pg_has_role(SESSION_USER, role_name, 'MEMBER') THEN
            EXIT;
          END IF;
          RAISE;
      END;
    END LOOP;
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO onboarding_service;
