import { sql, type Kysely } from 'kysely';

/**
 * What happened, told to the platform: written by triggers in the transaction that changes the row,
 * so that no code path can forget it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [events, telling, sellers, payouts, others]) {
    await sql.raw(part).execute(db);
  }
}

const events = `
create function new_event_id() returns text language sql volatile as $$
  select 'evt_' || left(hex, 12) || right(hex, 8)
  from (select replace(gen_random_uuid()::text, '-', '') as hex) as once
$$;

create table events (
  position bigint generated always as identity,
  id text primary key default new_event_id(),
  type text not null constraint events_of_the_catalogue check (type in (
    'seller.created', 'seller.account_created', 'seller.activated', 'seller.restricted',
    'seller.requirements_changed', 'seller.paused', 'seller.resumed', 'seller.schedule_changed',
    'seller.changed', 'seller.parked', 'seller.unparked', 'seller.closed', 'seller.reopened',
    'bank_account.added', 'bank_account.changed', 'bank_account.paused', 'bank_account.resumed',
    'bank_account.removed',
    'earning.recorded',
    'hold.placed', 'hold.released',
    'payout.requested', 'payout.reserved', 'payout.transferred', 'payout.sent', 'payout.paid',
    'payout.settled', 'payout.failed', 'payout.returned', 'payout.canceled', 'payout.skipped',
    'payout.waiting', 'payout.outcome_unknown', 'payout.parked', 'payout.unparked',
    'payout.cancel_ordered', 'payout.not_canceled',
    'operations.stopped', 'operations.resumed')),
  object_kind text not null generated always as (split_part(type, '.', 1)) stored,
  object_id text not null,
  seller_id text,
  sequence integer not null check (sequence > 0),
  turn bigint not null,
  data jsonb not null,
  created_at timestamptz not null default business_now(),
  unique (object_id, sequence)
);
comment on column events.turn is 'The transaction that wrote it, or that of the object''s event before where that is higher.';
create index events_in_turn on events (turn, position);
create index events_of_seller on events (seller_id, turn, position);
create index events_of_type on events (type, turn, position);

create trigger events_are_immutable before update or delete on events
  for each row execute function refuse_change();
create trigger events_stay before truncate on events
  for each statement execute function refuse_change();

create table event_order (
  id boolean primary key default true check (id),
  added bigint not null default 0 check (added >= 0)
);
insert into event_order default values;
comment on column event_order.added is 'To every transaction''s number: restored into another server, these begin low again.';
`;

/** Whoever tells of an object has changed its row, and so holds its lock: sequences have no race. */
const telling = `
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

create function event_facts(actor text, previous text, status text, reason text default null,
  amount bigint default null, currency text default null) returns jsonb language sql stable as $$
  select jsonb_build_object('previousStatus', previous, 'status', status, 'reason', reason,
    'actor', actor, 'money', case when amount is not null
      then jsonb_build_object('amount', amount, 'currency', currency) end)
$$;

create function event_actor(known text, otherwise text) returns text language sql stable as $$
  select coalesce(known, nullif(current_setting('payout_engine.actor', true), ''), otherwise)
$$;
`;

const sellers = `
alter table sellers
  add column asked_now integer not null default 0,
  add column asked_by timestamptz;
comment on column sellers.asked_now is 'How many requirements are due.';
comment on column sellers.asked_by is 'The first deadline that Stripe names.';
update sellers set asked_now = asked.now, asked_by = asked.first from (
  select seller_id, min(deadline_at) as first,
    count(*) filter (where deadline <> 'eventually_due') as now
  from requirements group by seller_id
) as asked where seller_id = sellers.id;

create function tell_of_seller() returns trigger language plpgsql as $$
declare
  doer text := event_actor(null, 'engine');
  same jsonb := event_facts(doer, new.status, new.status);
begin
  if tg_op = 'INSERT' then
    perform tell_event('seller.created', new.id, new.id, event_facts(doer, null, new.status));
    return null;
  end if;
  if old.parked is not null and new.parked is null then
    perform tell_event('seller.unparked', new.id, new.id,
      event_facts(doer, old.status, old.status, old.parked));
  end if;
  if old.stripe_account is null and new.stripe_account is not null then
    perform tell_event('seller.account_created', new.id, new.id,
      event_facts(doer, old.status, old.status));
  end if;
  if new.status <> old.status then
    perform tell_event(
      case when old.status = 'closed' then 'seller.reopened'
        when new.status = 'active' then 'seller.activated' else 'seller.' || new.status end,
      new.id, new.id, event_facts(
        case when new.status = 'closed' then event_actor(new.closed_by, 'engine')
          when old.status = 'closed' then doer else event_actor(null, 'stripe') end,
        old.status, new.status, case when new.status <> 'restricted' then null
          when new.transfers_capability is distinct from 'active' then 'transfers-not-active'
          when new.payouts_capability is distinct from 'active' then 'payouts-not-active'
          when new.payouts_manual_at is null then 'payouts-not-manual' end));
  end if;
  if (old.asked_now, old.asked_by) is distinct from (new.asked_now, new.asked_by) then
    perform tell_event('seller.requirements_changed', new.id, new.id,
      event_facts(event_actor(null, 'stripe'), new.status, new.status) || jsonb_build_object(
        'requirements', jsonb_build_object('due', new.asked_now, 'dueBy', to_char(
          new.asked_by at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))));
  end if;
  if old.paused_at is null and new.paused_at is not null then
    perform tell_event('seller.paused', new.id, new.id,
      event_facts(new.paused_by, new.status, new.status));
  elsif old.paused_at is not null and new.paused_at is null then
    perform tell_event('seller.resumed', new.id, new.id, same);
  end if;
  if new.schedule is distinct from old.schedule then
    perform tell_event('seller.schedule_changed', new.id, new.id, same);
  end if;
  if (old.email, old.display_name, old.metadata)
    is distinct from (new.email, new.display_name, new.metadata) then
    perform tell_event('seller.changed', new.id, new.id, same);
  end if;
  if new.parked is distinct from old.parked and new.parked is not null then
    perform tell_event('seller.parked', new.id, new.id,
      event_facts(doer, new.status, new.status, new.parked));
  end if;
  return null;
end $$;
create trigger sellers_tell_the_first after insert on sellers
  for each row execute function tell_of_seller();
create trigger sellers_tell after update on sellers for each row
  when ((old.status, old.stripe_account, old.parked, old.paused_at, old.schedule, old.asked_now,
    old.asked_by, old.email, old.display_name, old.metadata) is distinct from
    (new.status, new.stripe_account, new.parked, new.paused_at, new.schedule, new.asked_now,
    new.asked_by, new.email, new.display_name, new.metadata))
  execute function tell_of_seller();
`;

const payouts = `
create function tell_of_payout() returns trigger language plpgsql as $$
declare
  amount bigint := coalesce(nullif(new.from_platform + new.from_account, 0), new.requested_amount);
  origin text := case when new.ordered_by like 'key\\_%' then new.ordered_by
    when new.ordered_by in ('schedule', 'threshold') then 'schedule' else 'engine' end;
  cause text := case when new.status = 'skipped' then new.skip_reason
    when new.status <> 'requested' then new.failure_code
    when new.ordered_by not like 'key\\_%' then new.ordered_by end;
  doer text := event_actor(null, 'engine');
begin
  if old.parked is not null and new.parked is null then
    perform tell_event('payout.unparked', new.id, new.seller_id,
      event_facts(doer, old.status, old.status, old.parked, amount, new.currency));
  end if;
  if new.status is distinct from old.status then
    perform tell_event('payout.' || new.status, new.id, new.seller_id, event_facts(
      case when tg_op = 'INSERT' then origin
        when new.status in ('paid', 'failed', 'returned') then event_actor(null, 'stripe')
        when new.status = 'canceled' then event_actor(case when new.cancel_answer
          is distinct from 'refused' then new.cancel_ordered_by end, 'stripe')
        else doer end,
      old.status, new.status, cause, amount, new.currency));
  end if;
  if new.cancel_ordered_at is distinct from old.cancel_ordered_at and new.status = 'sent' then
    perform tell_event('payout.cancel_ordered', new.id, new.seller_id, event_facts(
      new.cancel_ordered_by, new.status, new.status, null, amount, new.currency));
  end if;
  if new.cancel_answer is distinct from old.cancel_answer and new.cancel_answer is not null then
    perform tell_event('payout.not_canceled', new.id, new.seller_id, event_facts(
      'stripe', new.status, new.status, new.cancel_answer, amount, new.currency));
  end if;
  if new.unknown_step is distinct from old.unknown_step and new.unknown_step is not null then
    perform tell_event('payout.outcome_unknown', new.id, new.seller_id, event_facts(
      doer, new.status, new.status, new.unknown_step, amount, new.currency));
  end if;
  -- The ordinary course is told by the status alone, a doubt by an event of its own.
  if new.waiting_for is distinct from old.waiting_for
    and new.waiting_for not in ('arrival', 'bank', 'late-return', 'outcome-look-up') then
    perform tell_event('payout.waiting', new.id, new.seller_id, event_facts(
      doer, new.status, new.status, new.waiting_for, amount, new.currency));
  end if;
  if new.parked is distinct from old.parked and new.parked is not null then
    perform tell_event('payout.parked', new.id, new.seller_id, event_facts(
      doer, new.status, new.status, new.parked, amount, new.currency));
  end if;
  return null;
end $$;
create trigger payouts_tell_the_first after insert on payouts
  for each row execute function tell_of_payout();
create trigger payouts_tell after update on payouts for each row
  when ((old.status, old.parked, old.waiting_for, old.unknown_step, old.cancel_ordered_at,
    old.cancel_answer) is distinct from (new.status, new.parked, new.waiting_for,
    new.unknown_step, new.cancel_ordered_at, new.cancel_answer))
  execute function tell_of_payout();
`;

const others = `
create function tell_of_hold() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    perform tell_event('hold.placed', new.id, new.seller_id, event_facts(
      new.placed_by, null, 'active', new.source, new.amount, new.currency));
  else
    perform tell_event('hold.released', new.id, new.seller_id, event_facts(
      new.released_by, 'active', 'released', new.source, new.amount, new.currency));
  end if;
  return null;
end $$;
create trigger holds_tell after insert or update on holds
  for each row execute function tell_of_hold();

create function tell_of_bank_account() returns trigger language plpgsql as $$
declare
  was_there boolean := tg_op = 'UPDATE' and old.gone_at is null;
begin
  if new.gone_at is not null and was_there then
    perform tell_event('bank_account.removed', new.stripe_id, new.seller_id,
      event_facts('stripe', old.status, null));
  elsif new.gone_at is null and not was_there then
    perform tell_event('bank_account.added', new.stripe_id, new.seller_id,
      event_facts('stripe', null, new.status));
  elsif new.gone_at is null and (old.status, old.is_default, old.currency, old.fingerprint)
    is distinct from (new.status, new.is_default, new.currency, new.fingerprint) then
    perform tell_event('bank_account.changed', new.stripe_id, new.seller_id,
      event_facts('stripe', old.status, new.status));
  end if;
  if old.paused_at is null and new.paused_at is not null then
    perform tell_event('bank_account.paused', new.stripe_id, new.seller_id,
      event_facts(event_actor(null, 'engine'), new.status, new.status));
  elsif old.paused_at is not null and new.paused_at is null then
    perform tell_event('bank_account.resumed', new.stripe_id, new.seller_id,
      event_facts(event_actor(null, 'engine'), new.status, new.status));
  end if;
  return null;
end $$;
create trigger bank_accounts_tell_the_first after insert on bank_accounts
  for each row execute function tell_of_bank_account();
create trigger bank_accounts_tell after update on bank_accounts for each row
  when (old.* is distinct from new.*) execute function tell_of_bank_account();

-- A statement brings up to a thousand, all of them new: one insert for all.
create function tell_of_earnings() returns trigger language plpgsql as $$
begin
  insert into events (type, object_id, seller_id, sequence, turn, data)
  select 'earning.recorded', made.id, made.seller_id, 1,
    pg_current_xact_id()::text::bigint + event_order.added, event_facts(
      event_actor(null, case made.place when 'account' then 'stripe' else 'engine' end),
      null, null, null, made.amount, made.currency)
  from made, event_order;
  return null;
end $$;
create trigger earnings_tell after insert on earnings referencing new table as made
  for each statement execute function tell_of_earnings();

create function tell_of_operations() returns trigger language plpgsql as $$
begin
  perform tell_event(
    case when new.money_stopped then 'operations.stopped' else 'operations.resumed' end,
    'operations', null, event_facts(event_actor(new.changed_by, 'engine'),
      case when old.money_stopped then 'stopped' else 'running' end,
      case when new.money_stopped then 'stopped' else 'running' end));
  return null;
end $$;
create trigger operations_tell after update on operations for each row
  when (old.money_stopped <> new.money_stopped) execute function tell_of_operations();
`;
