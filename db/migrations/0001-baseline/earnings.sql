-- Earnings: what sellers are owed.

-- Each amount that a seller earned. Payouts consist of earnings, so that every cent is explained.
create table earnings (
  id text primary key,
  seller_id text not null references sellers,
  external_id text,
  -- What the platform owes now. The table earning_changes says what the amount was before.
  amount bigint not null,
  -- Stripe's spelling, ISO 4217 in lower case.
  currency text not null check (currency ~ '^[a-z]{3}$'),
  -- Where the money is: at the platform, or already at the seller's account.
  place text not null default 'platform'
    check (place in ('platform', 'account')),
  charge text,
  -- The customer's charge that brought the money: the charge that a posted earning names, or the
  -- charge behind income at the account.
  brought_by text,
  -- When the money is payable. Null until the date is read from the charge at Stripe.
  available_on timestamptz,
  charge_tried_at timestamptz,
  description text,
  -- The part that payouts already contain, at most the whole amount.
  allocated bigint not null default 0 check (allocated between 0 and amount),
  -- The part that holds about this earning keep back. No payout contains it.
  held bigint not null default 0,
  -- How often the amount or the charge was changed. The function told_as uses it.
  changes integer not null default 0 check (changes >= 0),
  changed_at timestamptz,
  withdrawn_at timestamptz,
  created_at timestamptz not null default business_now(),
  -- The platform may send an earning again; it is recorded once.
  unique (seller_id, external_id),
  -- A withdrawn earning is owed no longer. Every other earning is positive.
  constraint only_withdrawn_earnings_are_empty
    check (amount >= 0 and (amount = 0) = (withdrawn_at is not null)),
  -- A change has a time, from which a new charge is waited for.
  constraint a_change_has_its_time check ((changes = 0) = (changed_at is null)),
  -- No payout gets what is held, whichever statement allocates it.
  constraint held_is_not_allocated check (held >= 0 and allocated + held <= amount)
);
-- Serves the list of a seller's earnings.
create index earnings_of_seller on earnings (seller_id, created_at desc, id desc);
-- Serves the allocation: earnings that no payout contains in full, in the order of their dates.
create index earnings_open on earnings (seller_id, currency, available_on, id)
  where allocated < amount;
-- Serves the check whether a seller has earnings without a date.
create index earnings_unresolved on earnings (seller_id) where available_on is null;
-- Serves the job that reads the dates of charges from Stripe, those tried longest ago first.
create index earnings_by_turn on earnings (charge_tried_at nulls first, created_at)
  where available_on is null and charge is not null;
-- Serves refunds at the account, which name the charge.
create index earnings_at_account on earnings (seller_id, charge) where place = 'account';
-- Serves the decision about a charge, which reads everything that the charge pays.
create index earnings_of_charge on earnings (brought_by) where brought_by is not null;

-- Serves the decisions about a seller, which include the changes of its earnings.
create index earnings_changed on earnings (seller_id) where changes > 0;

-- The object of a discrepancy about the present amount and charge of an earning. A discrepancy is
-- opened once for an object, and a changed earning is decided anew. earningNamed in
-- domain/reconciliation/words.ts reads the id of the earning back.
create function told_as(earning earnings) returns text language sql immutable as $$
  select earning.id || case when earning.changes = 0 then '' else '/' || earning.changes end
$$;

-- Each correction and withdrawal of an earning, with its author and reason. The ledger has an entry
-- for each change of an amount.
create table earning_changes (
  earning_id text not null references earnings,
  -- Numbers the changes of one earning from 1.
  number integer not null check (number > 0),
  amount_before bigint not null,
  -- 0 after a withdrawal.
  amount_after bigint not null check (amount_after >= 0),
  charge_before text,
  charge_after text,
  -- Free text: it never leaves the database and the API.
  reason text not null,
  changed_by text not null,
  changed_at timestamptz not null default business_now(),
  primary key (earning_id, number),
  -- A change of nothing would only hide who changed what.
  constraint a_change_changes_something check (
    (amount_before, charge_before) is distinct from (amount_after, charge_after))
);
-- A change is part of the history.
create trigger earning_changes_are_immutable before update or delete or truncate on earning_changes
  for each statement execute function refuse_change();

-- Records the correction or withdrawal of an earning as an event. The money of a withdrawal is what
-- was withdrawn, the money of a correction is what is owed now.
create function tell_of_change() returns trigger language plpgsql as $$
begin
  perform tell_event(
    case when new.withdrawn_at is null then 'earning.corrected' else 'earning.withdrawn' end,
    new.id, new.seller_id, event_facts(event_actor(null, 'engine'), null, null, null,
      case when new.withdrawn_at is null then new.amount else old.amount end, new.currency));
  return null;
end $$;
-- Payouts change other columns of earnings much more often, and cause no event.
create trigger earnings_tell_changes after update of changes on earnings for each row
  when (old.changes is distinct from new.changes) execute function tell_of_change();

-- Records earnings as events. One statement inserts up to a thousand earnings, all of them new, so
-- one insert writes all their events.
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
-- Runs once for each statement, because a statement may insert a thousand earnings.
create trigger earnings_tell after insert on earnings referencing new table as made
  for each statement execute function tell_of_earnings();
