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
