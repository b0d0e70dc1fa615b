-- Data of the whole installation: its identity, its comparison with Stripe and the last checks.

-- The settings that this database was first used with. A process with another Stripe account, mode
-- or Temporal namespace could pay the same money a second time, so it refuses to start.
create table installation (
  -- The only possible value, so the table has at most one row.
  id boolean primary key default true check (id),
  stripe_account text not null,
  livemode boolean not null,
  -- Real Stripe and the sandbox never share a database.
  stripe_is text not null check (stripe_is in ('stripe', 'sandbox')),
  temporal_namespace text not null,
  created_at timestamptz not null default now()
);

-- What the engine knows of its own comparison with Stripe. The stops of all money are in
-- money_stops.
create table operations (
  -- The only possible value, so the table has at most one row.
  id boolean primary key default true check (id),
  -- The start of PostgreSQL after which the ledger was last compared with Stripe. No money moves
  -- until it equals postgres_start().
  compared_start text,
  -- The last recorded activity of this database after its comparison with Stripe. In a restored
  -- backup, this time says from when Stripe must be compared.
  alive_at timestamptz
);
insert into operations default values;

-- Identifies the current start of the PostgreSQL server. After a restart, the database may be a
-- backup that lacks payouts, so no money moves before a comparison with Stripe.
create function postgres_start() returns text language sql stable as
$$ select extract(epoch from pg_postmaster_start_time())::text $$;

-- The latest result of each check of the engine's surroundings, with the remedy for a failed check.
create table checks (
  name text primary key,
  passed boolean not null,
  remedy text not null,
  checked_at timestamptz not null default now()
);
