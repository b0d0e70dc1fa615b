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
  -- The country of the Stripe account, in upper case. It decides which sellers can be paid.
  platform_country text not null check (platform_country ~ '^[A-Z]{2}$'),
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

-- What shows whether this server has the same data as before. A server and its replicas share the
-- system identifier; a restored dump has other object ids; a promoted replica, and a restore to a
-- point in time, have another timeline. A managed database may refuse to say it: then data_id is
-- null. is_durable says whether a commit is acknowledged only after it is safe from a crash.
create function postgres_server(out data_id text, out timeline integer, out is_durable boolean)
language plpgsql stable as $$
begin
  is_durable := current_setting('synchronous_commit') <> 'off' and current_setting('fsync') = 'on';
  select concat_ws('/', control.system_identifier, base.oid, 'operations'::regclass::oid),
    ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer
    into data_id, timeline
  from pg_control_system() as control, pg_database as base
  where base.datname = current_database();
exception when insufficient_privilege or undefined_function or feature_not_supported
  or object_not_in_prerequisite_state then
  data_id := null;
  timeline := null;
end $$;

-- The starts of PostgreSQL that this database has seen, and what each may have lost. A replica that
-- is promoted may lack the last changes that its predecessor acknowledged: stops, holds and other
-- commands would be gone without a word.
create table postgres_starts (
  id text primary key,
  -- The last start is the one with which the next start is compared.
  position bigint generated always as identity,
  -- The result of postgres_start().
  start text not null,
  -- The results of postgres_server().
  data_id text,
  timeline integer,
  is_durable boolean not null,
  seen_at timestamptz not null default now(),
  -- Why acknowledged changes may be missing: one of lossCauses in domain/recovery/starts.ts. Null
  -- if nothing is missing.
  cause text check (cause in ('new-timeline', 'other-data', 'not-durable', 'not-comparable',
    'behind-stripe')),
  -- The time whose acknowledged changes may be missing, in real time, as in logs.
  lost_from timestamptz,
  lost_until timestamptz,
  -- The person who has looked for what is missing.
  acknowledged_at timestamptz,
  acknowledged_by text,
  reason text,
  -- Operators must know which time to look at.
  constraint a_loss_has_its_time check ((cause is null) = (lost_from is null)
    and (cause is null) = (lost_until is null) and lost_from <= lost_until),
  -- Only a possible loss is acknowledged, by somebody, for a reason.
  constraint an_acknowledgement_is_of_a_loss check (acknowledged_at is null
    or cause is not null and acknowledged_by is not null and reason is not null)
);

-- Records the event of a possible loss. The lock makes sure that events about operations get
-- different numbers.
create function tell_of_loss() returns trigger language plpgsql as $$
begin
  perform from operations for no key update;
  perform tell_event('operations.changes_may_be_lost', 'operations', null,
    event_facts('engine', null, null, new.cause) || jsonb_build_object('lost',
      jsonb_build_object('from', event_instant(new.lost_from),
        'until', event_instant(new.lost_until))));
  return null;
end $$;
-- A start that may have lost something is an event; an ordinary restart is not.
create trigger postgres_starts_tell_the_first after insert on postgres_starts
  for each row when (new.cause is not null) execute function tell_of_loss();
-- The comparison with Stripe may find a loss that the start itself did not show.
create trigger postgres_starts_tell after update on postgres_starts
  for each row when (old.cause is null and new.cause is not null) execute function tell_of_loss();

-- The latest result of each check of the engine's surroundings, with the remedy for a failed check.
create table checks (
  name text primary key,
  passed boolean not null,
  remedy text not null,
  checked_at timestamptz not null default now()
);

-- When each step of each job last finished, in real time, so that a job that stands still is seen.
create table job_steps (
  job text not null,
  step text not null,
  every_seconds integer not null,
  -- When a worker first expected the step.
  since timestamptz not null default now(),
  finished_at timestamptz,
  primary key (job, step)
);
