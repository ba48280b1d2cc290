-- Read by the distributor and by whoever delivers over HTTP.
--
-- The one statement that is better planned for the arguments at hand (services/runtime/src/postgres.rs): a plan for any number
-- of lanes joins a thousand of them with each other by the subscriber alone, and takes twenty times as long.
ALTER FUNCTION feed.turn SET plan_cache_mode = auto;
