-- Events: what happened, for the platform to read. Triggers write them in the transaction that
-- changes the row, so that no code path can forget one.

-- An id like those of our other objects: a prefix and 20 characters.
create function new_event_id() returns text language sql volatile as $$
  select 'evt_' || left(hex, 12) || right(hex, 8)
  from (select replace(gen_random_uuid()::text, '-', '') as hex) as once
$$;

-- The events, which are kept forever. GET /v1/events reads them in the order (turn, position).
create table events (
  position bigint generated always as identity,
  id text primary key default new_event_id(),
  -- The types of eventCatalogue in domain/events.ts. The API documents them, and platforms rely on
  -- them.
  type text not null constraint events_of_the_catalogue check (type in (
    'seller.created', 'seller.account_created', 'seller.activated', 'seller.restricted',
    'seller.requirements_changed', 'seller.paused', 'seller.pause_lifted',
    'seller.resumed', 'seller.schedule_changed',
    'seller.changed', 'seller.parked', 'seller.unparked', 'seller.closed', 'seller.reopened',
    'bank_account.added', 'bank_account.changed', 'bank_account.paused', 'bank_account.resumed',
    'bank_account.removed',
    'earning.recorded', 'earning.corrected', 'earning.withdrawn',
    'hold.placed', 'hold.released',
    'payout.requested', 'payout.adopted', 'payout.reserved', 'payout.transferred', 'payout.sent',
    'payout.paid', 'payout.settled', 'payout.failed', 'payout.returned', 'payout.canceled',
    'payout.skipped', 'payout.paid_elsewhere',
    'payout.waiting', 'payout.outcome_unknown', 'payout.parked', 'payout.unparked',
    'payout.cancel_ordered', 'payout.not_canceled',
    'discrepancy.opened', 'discrepancy.closed',
    'operations.stopped', 'operations.stop_lifted', 'operations.resumed',
    'operations.changes_may_be_lost')),
  object_kind text not null generated always as (split_part(type, '.', 1)) stored,
  object_id text not null,
  seller_id text,
  -- Numbers the events of one object from 1.
  sequence integer not null check (sequence > 0),
  -- The number of the transaction that wrote the event, or the turn of the object's previous event
  -- if that is higher. Readers see only turns whose transactions have all ended.
  turn bigint not null,
  -- Codes, amounts and who acted. Never free text or personal data.
  data jsonb not null,
  created_at timestamptz not null default business_now(),
  -- Two events of an object never have the same number.
  unique (object_id, sequence)
);
-- Serves the list of all events.
create index events_in_turn on events (turn, position);
-- Serves the list of one seller's events.
create index events_of_seller on events (seller_id, turn, position);
-- Serves the list of one type of event.
create index events_of_type on events (type, turn, position);

-- A platform may have acted on an event, so it never changes.
create trigger events_are_immutable before update or delete or truncate on events
  for each statement execute function refuse_change();

-- The number that is added to transaction numbers to get turns. A restored dump runs on a server
-- whose transaction numbers start low again; db/migrate.ts then raises this number.
create table event_order (
  -- The only possible value, so the table has at most one row.
  id boolean primary key default true check (id),
  -- Turns never decrease.
  added bigint not null default 0 check (added >= 0)
);
insert into event_order default values;

-- Writes one event. The caller has changed the object's row and therefore has its lock: no other
-- transaction can take the same sequence number.
create function tell_event(told text, object text, seller text, facts jsonb) returns void
language plpgsql as $$
begin
  insert into events (type, object_id, seller_id, sequence, turn, data)
  select told, object, seller, coalesce(last.sequence, 0) + 1,
    greatest(pg_current_xact_id()::text::bigint + event_order.added, last.turn), facts
  from event_order left join lateral (
    select sequence, turn from events where object_id = object order by sequence desc limit 1
  ) as last on true;
end $$;

-- The data of an event, in the one shape that the API documents.
create function event_facts(actor text, previous text, status text, reason text default null,
  amount bigint default null, currency text default null) returns jsonb language sql stable as $$
  select jsonb_build_object('previousStatus', previous, 'status', status, 'reason', reason,
    'actor', actor, 'money', case when amount is not null
      then jsonb_build_object('amount', amount, 'currency', currency) end)
$$;

-- An instant in the data of an event, as the API writes instants.
create function event_instant(at timestamptz) returns text language sql stable as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- Who acted: whoever the row names, otherwise the API key of the current command, otherwise the
-- given default. The statement that locks a command sets payout_engine.actor.
create function event_actor(known text, otherwise text) returns text language sql stable as $$
  select coalesce(known, nullif(current_setting('payout_engine.actor', true), ''), otherwise)
$$;
