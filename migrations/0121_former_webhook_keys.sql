-- Read and written by the crate `subscribers`.
--
-- After a rotation calls are signed with both keys for a while (Standard Webhooks), so that no call fails while the receiver
-- changes over.
ALTER TABLE feed.webhooks
  ADD COLUMN former_key   bytea,
  ADD COLUMN former_until timestamptz,
  ADD CHECK ((former_key IS NULL) = (former_until IS NULL));
