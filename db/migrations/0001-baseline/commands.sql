-- Commands: what callers of the API ordered, and the answer that they got.

-- A command that is sent again gets the stored answer and is not carried out a second time. Only a
-- brake whose effect was undone acts again: each act is a row.
create table commands (
  id text primary key,
  api_key_id text not null references api_keys,
  idempotency_key text not null,
  -- Numbers the times at which the command acted, from 1. Only brakes act more than once.
  act integer not null default 1 check (act >= 1),
  -- Shows whether a repeated key comes with the same request.
  request_hash bytea not null,
  kind text not null,
  -- What the command is about, for the history of that object.
  object_id text not null,
  -- A running command is locked by the request that carries it out.
  status text not null default 'running' check (status in ('running', 'done')),
  answer_status integer,
  answer jsonb,
  created_at timestamptz not null default business_now(),
  done_at timestamptz,
  -- One idempotency key is one command, whichever API key sends it: a new API key cannot repeat a
  -- command.
  constraint commands_idempotency_key_key unique (idempotency_key, act)
);
-- Serves the history of an object.
create index commands_object on commands (object_id, created_at);
