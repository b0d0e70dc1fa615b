-- API keys: who may call the API.

-- The API keys. Every command names one. A revoked key stays, because the history refers to it.
create table api_keys (
  id text primary key,
  name text not null,
  -- Every key may read everything; an admin key may also give commands.
  role text not null check (role in ('admin', 'read')),
  -- Only the hash of the key is stored, and each hash belongs to one key.
  hash bytea not null unique,
  -- The key was the value of ADMIN_API_KEY. A new value of the variable revokes such keys.
  is_variable boolean not null default false,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
