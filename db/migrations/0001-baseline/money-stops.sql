-- Stops of all money: each with who stopped money and why. Money moves only while none is open.

-- The stops, open and lifted. Lifting one stop lifts no other, so that nobody resumes money that
-- somebody else stopped for another reason.
create table money_stops (
  id text primary key,
  -- The causes of domain/money-stops.ts: an operator's order, or what the engine found.
  cause text not null check (cause in ('operator', 'unknown-at-stripe', 'right-to-send-lost')),
  -- An engine's reason is replaced when it finds the same cause again.
  reason text not null,
  -- Who must be asked before the stop is lifted: an API key, or the engine.
  stopped_by text not null,
  stopped_at timestamptz not null default business_now(),
  confirmed_at timestamptz not null default business_now(),
  -- What makes a second stop the same stop: for the engine, the cause. For an operator, the API key
  -- and the reason, so that one operator's reason never replaces another's.
  same_as text not null generated always as
    (case when cause = 'operator' then stopped_by || ' ' || reason else cause end) stored,
  lifted_at timestamptz,
  lifted_by text,
  lift_reason text,
  -- Only the engine finds causes of its own, and only a person orders a stop.
  constraint engine_stops_have_their_cause check ((cause = 'operator') = (stopped_by <> 'engine')),
  -- A lifted stop says when, by whom and why.
  constraint lifting_says_all check
    (num_nulls(lifted_at, lifted_by, lift_reason) in (0, 3))
);
-- The same stop is open once. Also serves the question of every request that moves money: is any
-- stop open?
create unique index money_stops_open on money_stops (same_as) where lifted_at is null;
-- Serves the list of the stops that were lifted last.
create index money_stops_lifted on money_stops (lifted_at) where lifted_at is not null;

-- Who stopped money, who lifted which stop and why is history.
create trigger lifted_stops_are_immutable before update on money_stops for each row
  when (old.lifted_at is not null) execute function refuse_change();
-- A stop ends by being lifted, never by being deleted.
create trigger money_stops_stay before delete or truncate on money_stops
  for each statement execute function refuse_change();

-- Records who stopped money, who lifted a stop, and whether money moves again.
create function tell_of_money_stop() returns trigger language plpgsql as $$
declare
  others boolean;
begin
  -- Two lifts wait for each other here. The later one sees that no stop is open any more.
  perform from operations for no key update;
  others := exists (select from money_stops where lifted_at is null and id <> new.id);
  if tg_op = 'INSERT' then
    perform tell_event('operations.stopped', 'operations', null,
      event_facts(event_actor(new.stopped_by, 'engine'),
        case when others then 'stopped' else 'running' end, 'stopped', new.cause));
  else
    perform tell_event(
      case when others then 'operations.stop_lifted' else 'operations.resumed' end,
      'operations', null, event_facts(event_actor(new.lifted_by, 'engine'), 'stopped',
        case when others then 'stopped' else 'running' end, new.cause));
  end if;
  return null;
end $$;
-- Every new stop is an event. The same stop ordered again is not.
create trigger money_stops_tell after insert on money_stops
  for each row execute function tell_of_money_stop();
-- Lifting a stop is an event, also if money stays stopped because of another stop.
create trigger money_stops_tell_lifting after update on money_stops for each row
  when (old.lifted_at is null and new.lifted_at is not null)
  execute function tell_of_money_stop();
