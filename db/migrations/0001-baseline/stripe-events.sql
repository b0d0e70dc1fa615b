-- Events of Stripe, as they arrive by webhook or are read afterwards.

-- The events, each stored once. An event only makes the engine read the object at Stripe again.
create table inbox (
  event_id text primary key,
  type text not null,
  account text,
  object_id text,
  -- Whether Stripe sent the event or the sweep found it. Events that the sweep found show that
  -- webhooks are missing.
  via text not null check (via in ('webhook', 'sweep')),
  received_at timestamptz not null default now()
);
-- Serves the check whether Stripe has reported the end of a payout.
create index inbox_object on inbox (object_id);

-- How far each list of Stripe was read by the sweep.
create table sweep_cursors (
  name text primary key,
  cursor text not null
);

-- How each event destination of Stripe works, as far as the engine can see. No bodies are kept.
create table webhook_destinations (
  -- Which events the destination sends: domain/stripe-events/destinations.ts.
  role text primary key check (role in ('platform', 'accounts', 'account-changes')),
  -- The set-up needs the destination, or it has sent an event before.
  is_expected boolean not null default false,
  -- What is wrong with the destination at Stripe, at the last look.
  fault text check (fault in ('missing', 'disabled', 'wrong-types')),
  looked_at timestamptz,
  -- Real time of the last accepted event, to the minute.
  accepted_at timestamptz,
  -- Plausible events that were refused since the last accepted event, and why.
  refused bigint not null default 0,
  refused_because text,
  refused_first_at timestamptz,
  refused_last_at timestamptz
);
-- All requests that were refused, plausible or not, so that an attack can be seen.
create table refused_webhooks (
  problem text primary key,
  count bigint not null default 0,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now()
);
