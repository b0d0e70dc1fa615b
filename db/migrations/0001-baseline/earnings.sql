-- Earnings: what sellers are owed.

-- Each amount that a seller earned. Payouts consist of earnings, so that every cent is explained.
create table earnings (
  id text primary key,
  seller_id text not null references sellers,
  external_id text,
  -- An earning is always positive; corrections are refunds in the ledger.
  amount bigint not null check (amount > 0),
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
  created_at timestamptz not null default business_now(),
  -- The platform may send an earning again; it is recorded once.
  unique (seller_id, external_id),
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
