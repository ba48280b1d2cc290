-- Read and written by the crate `directory`: how far an import had come that did not end, one row a kind of file.
--
-- A count and a digest of lines read, so that the same file goes on from there; nothing of what they say.
CREATE TABLE directory.unfinished_imports (
    kind      text        PRIMARY KEY CHECK (kind IN ('contacts', 'establishments')),
    lines     bigint      NOT NULL CHECK (lines >= 0),
    digest    bytea       NOT NULL CHECK (octet_length(digest) = 32),
    began_at  timestamptz NOT NULL,
    kept      bigint      NOT NULL,
    added     bigint      NOT NULL,
    changed   bigint      NOT NULL,
    unchanged bigint      NOT NULL
);

-- How many rows an import took away, which it does when it is told that the file names every row.
ALTER TABLE directory.imports ADD COLUMN removed bigint NOT NULL DEFAULT 0;

GRANT SELECT, INSERT, UPDATE, DELETE ON directory.unfinished_imports TO onboarding_service;
