-- API keys: who may call the API.

-- Every command is signed by a key. A revoked key stays, because the history refers to it.
create table api_keys (
  id text primary key,
  name text not null,
  -- A key either reads everything or may also order.
  role text not null check (role in ('admin', 'read')),
  -- The key itself is never stored, and a hash belongs to one key.
  hash bytea not null unique,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
