-- Read by the distributor and by whoever delivers over HTTP.
--
-- A turn looks up lanes and events by their keys. Left to itself PostgreSQL plans it for lanes that it takes to be few, joins
-- by scanning, and takes twenty times as long once a thousand events are under way.
ALTER FUNCTION feed.turn SET enable_seqscan = off;
ALTER FUNCTION feed.turn SET enable_hashjoin = off;
ALTER FUNCTION feed.turn SET enable_mergejoin = off;
