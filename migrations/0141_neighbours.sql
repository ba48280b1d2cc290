-- Read by nobody: who may enter this database.
--
-- The roles of 0001 belong to the whole cluster: the login of another installation there is a member of them too, and would
-- have their rights here. So it does not get in. Whoever migrates keeps the way, also where somebody else owns the database;
-- other logins, such as one for measuring, are let in by name.
DO $$
BEGIN
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO SESSION_USER', current_database());
  EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database());
END $$;
