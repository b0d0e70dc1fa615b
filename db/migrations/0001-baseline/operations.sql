-- Data of the whole installation: its identity, the money switch and the last checks.

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

-- The money switch, which every request that moves money reads first.
create table operations (
  -- The only possible value, so the table has at most one row.
  id boolean primary key default true check (id),
  money_stopped boolean not null default false,
  reason text,
  changed_by text,
  changed_at timestamptz not null default now(),
  -- The start of PostgreSQL after which the ledger was last compared with Stripe. No money moves
  -- until it equals postgres_start().
  compared_start text,
  -- The last recorded activity of this database after its comparison with Stripe. In a restored
  -- backup, this time says from when Stripe must be compared.
  alive_at timestamptz
);
insert into operations default values;

-- Records who stopped or resumed money.
create function tell_of_operations() returns trigger language plpgsql as $$
begin
  perform tell_event(
    case when new.money_stopped then 'operations.stopped' else 'operations.resumed' end,
    'operations', null, event_facts(event_actor(new.changed_by, 'engine'),
      case when old.money_stopped then 'stopped' else 'running' end,
      case when new.money_stopped then 'stopped' else 'running' end));
  return null;
end $$;
-- Only a change of the switch is an event; a new reason for the same state is not.
create trigger operations_tell after update on operations for each row
  when (old.money_stopped <> new.money_stopped) execute function tell_of_operations();

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
