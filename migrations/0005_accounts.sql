-- Read by the store: earlier answers, accounts, credentials, sessions and the counts behind the limits.
--
-- These tables are mutable and are not made again from events. An address stands in them only as its blind index,
-- a keyed hash that nobody can compute without the service's key; erasure deletes a person's rows.

-- What a command with an Idempotency-Key was answered. Status and ids only: the answer itself is made again from the
-- events. The request hash is keyed and leaves the password out. Pruned after three days, so that erasure need not
-- search it.
CREATE TABLE public.commands (
  command_id      uuid CONSTRAINT commands_pkey PRIMARY KEY,
  registration_id uuid NOT NULL,
  request_hash    bytea NOT NULL CHECK (length(request_hash) = 32),
  status          smallint NOT NULL,
  code            text,
  last_sequence   bigint NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX commands_by_age ON public.commands USING brin (created_at);

-- Which registration became the account of an address: the first to set its password.
CREATE TABLE public.accounts (
  address_index   bytea CONSTRAINT accounts_pkey PRIMARY KEY CHECK (length(address_index) = 32),
  registration_id uuid NOT NULL CONSTRAINT accounts_registration_id_key UNIQUE,
  since           timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Password hashes (PHC strings). The version rises with every password set; a session of an older one is void.
CREATE TABLE public.credentials (
  registration_id uuid CONSTRAINT credentials_pkey PRIMARY KEY,
  phc             text NOT NULL,
  version         bigint NOT NULL DEFAULT 1,
  updated_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Sessions, known by the hash of their token.
CREATE TABLE public.sessions (
  token_hash         bytea CONSTRAINT sessions_pkey PRIMARY KEY CHECK (length(token_hash) = 32),
  registration_id    uuid NOT NULL REFERENCES public.credentials (registration_id) ON DELETE CASCADE,
  credential_version bigint NOT NULL,
  created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at         timestamptz NOT NULL
);
CREATE INDEX sessions_by_registration ON public.sessions (registration_id);

-- Each time an address was used for something that is limited, such as a mail sent to it. `use_id` only makes the
-- rows distinct; the registration, where there is one, lets erasure find them.
CREATE TABLE public.address_uses (
  use_id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT address_uses_pkey PRIMARY KEY,
  address_index   bytea NOT NULL CHECK (length(address_index) = 32),
  kind            text NOT NULL,
  registration_id uuid,
  used_at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX address_uses_by_address ON public.address_uses (address_index, kind, used_at);
CREATE INDEX address_uses_by_registration ON public.address_uses (registration_id) WHERE registration_id IS NOT NULL;

GRANT SELECT, INSERT, DELETE ON public.commands, public.accounts, public.sessions, public.address_uses TO onboarding_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.credentials TO onboarding_service;
