-- Read and written by the crate `directory` (imports, look-ups of a registration's steps, register checks).
--
-- The organisation's own view of the world: which establishments it knows and whose address is a contact's.
-- Nothing here names a person: addresses are keyed indexes, the contacts' references and establishments are
-- sealed, and names are never stored.

CREATE SCHEMA IF NOT EXISTS directory;

-- Establishments known to the organisation. Numbers are in the form in which they are compared: no separators, upper case.
CREATE TABLE directory.establishments (
    siret                       text        PRIMARY KEY CHECK (siret ~ '^[0-9]{14}$'),
    name                        text        NOT NULL,
    idcc                        text        CHECK (idcc ~ '^[0-9]{4}$'),
    member_number               text,
    training_declaration_number text,
    state                       text        NOT NULL CHECK (state IN ('active', 'closed')),
    imported_at                 timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One row a contact. Two contacts who share an address stay two rows.
CREATE TABLE directory.contacts (
    -- Keyed index of the organisation's reference.
    contact_index bytea       PRIMARY KEY CHECK (octet_length(contact_index) = 32),
    -- Keyed index of the canonical address.
    email_index   bytea       NOT NULL CHECK (octet_length(email_index) = 32),
    -- The reference and the SIRETs, sealed for this contact index.
    sealed        bytea       NOT NULL,
    -- Keyed digest of the imported line, by which an unchanged line is told without opening anything.
    fingerprint   bytea       NOT NULL CHECK (octet_length(fingerprint) = 32),
    -- Order of first import, so that answers have one order.
    arrival       bigint      GENERATED ALWAYS AS IDENTITY,
    imported_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX contacts_by_address ON directory.contacts (email_index);

-- Local copy of INSEE's stock file: state and date of every establishment of France, no name and no address.
-- A SIRET is kept as a number: 47 bits instead of 14 characters, over forty million rows.
CREATE TABLE directory.sirene (
    siret     bigint  PRIMARY KEY,
    closed    boolean NOT NULL,
    closed_on date
);

-- What was imported and when.
CREATE TABLE directory.imports (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('contacts', 'establishments', 'sirene')),
    -- SHA-256 of the file's bytes after decompression.
    file_hash   bytea       NOT NULL CHECK (octet_length(file_hash) = 32),
    -- The youngest date that the file's own lines bear, where they do.
    as_of       date,
    lines_read  bigint      NOT NULL,
    lines_kept  bigint      NOT NULL,
    unchanged   bigint      NOT NULL,
    lines_bad   bigint      NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX imports_by_kind ON directory.imports (kind, imported_at DESC);

GRANT USAGE ON SCHEMA directory TO onboarding_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA directory TO onboarding_service;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA directory TO onboarding_service;
