-- Holds: decisions to withhold a seller's money.

-- Each hold, who placed it and why, and how it ended. Holds add up, and each is released alone.
create table holds (
  id text primary key,
  seller_id text not null references sellers,
  -- Who placed the hold decides what a seller is told about it.
  source text not null check (source in ('operator', 'dispute', 'risk', 'system')),
  -- Why the money is held, as a code that workflows and events may contain.
  reason_code text not null default 'other' check (reason_code in ('fraud-suspected',
    'risk-review', 'identity-check', 'refund-expected', 'dispute', 'legal-order', 'seller-request',
    'other', 'unexplained-money', 'unknown-payout', 'payout-stopped', 'charge-lost',
    'earning-overpaid')),
  -- Free text for people. Only the API shows it.
  reason text not null,
  -- What the hold is about: a discrepancy (`disc_`), or later a dispute of Stripe's (`dp_`, `du_`).
  -- Code finds a hold by this id, never by its reason, which is a text for people.
  about text check (about ~ '^(disc|dp|du)_'),
  -- The earning whose money is held. Such a hold counts once the earning is payable, so that it
  -- never keeps back other money of the seller. Null for a hold on any money.
  earning_id text references earnings,
  -- Stripe's spelling, ISO 4217 in lower case. Null holds every currency.
  currency text check (currency ~ '^[a-z]{3}$'),
  -- Null holds everything. A hold of 0 would have no effect.
  amount bigint check (amount > 0),
  placed_at timestamptz not null default business_now(),
  placed_by text not null,
  -- Whether the hold ends by itself.
  release_rule text not null check (release_rule in ('manual', 'expiry')),
  -- Exact to the millisecond, like the times that the API shows.
  expires_at timestamptz(3),
  released_at timestamptz,
  released_by text,
  release_reason text,
  -- An amount means nothing without its currency.
  constraint an_amount_has_its_currency check (amount is null or currency is not null),
  -- A hold that expires needs a time, and no other hold has one.
  constraint an_expiry_has_its_time check ((release_rule = 'expiry') = (expires_at is not null)),
  -- Every release names who released the hold.
  constraint release_has_its_author check ((released_at is null) = (released_by is null)),
  -- Every release has a reason.
  constraint release_has_its_reason check ((released_at is null) = (release_reason is null)),
  -- The hold is a part of one earning, so it has an amount.
  constraint a_hold_of_an_earning_has_its_amount
    check (earning_id is null or amount is not null and expires_at is null)
);
-- Serves the list of holds.
create index holds_newest on holds (placed_at desc, id desc);
-- Serves the list of a seller's holds.
create index holds_of_seller on holds (seller_id, placed_at desc, id desc);
-- Serves the search for the holds about a discrepancy.
create index holds_about on holds (about) where about is not null;
-- Serves the earnings of a seller, which show their holds.
create index holds_of_earning on holds (earning_id) where earning_id is not null;
-- Serves each reservation, which reads what holds a seller's money.
create index holds_not_released on holds (seller_id) where released_at is null;
-- Serves attention: holds that only a release ends, the oldest first.
create index holds_attention on holds (date_trunc('milliseconds', placed_at, 'UTC'), id)
  where released_at is null and expires_at is null;
-- Serves a move of the sandbox clock, which wakes the sellers whose holds have expired.
create index holds_expiry on holds (expires_at) where released_at is null;

-- Refuses every change of a hold except its one release, so that the history stays correct.
create function release_once() returns trigger language plpgsql as $$
begin
  if old.released_at is not null
    or (old.id, old.seller_id, old.source, old.reason, old.reason_code, old.about, old.currency,
        old.amount, old.placed_at, old.placed_by, old.release_rule, old.expires_at, old.earning_id)
      is distinct from (new.id, new.seller_id, new.source, new.reason, new.reason_code, new.about,
        new.currency, new.amount, new.placed_at, new.placed_by, new.release_rule, new.expires_at,
        new.earning_id) then
    raise exception 'a hold only changes by its one release';
  end if;
  return new;
end $$;
-- In a trigger, so that the rule applies to every update.
create trigger holds_are_released_once before update on holds
  for each row execute function release_once();
-- A hold is part of the history and is never deleted.
create trigger holds_stay before delete or truncate on holds
  for each statement execute function refuse_change();

-- Keeps what each earning holds equal to the sum of its active holds.
create function hold_earning() returns trigger language plpgsql as $$
begin
  update earnings set held = held + case tg_op when 'INSERT' then new.amount else -new.amount end
    where id = new.earning_id;
  return null;
end $$;
-- The only update of a hold is its release. In a trigger, so that no hold forgets its earning.
create trigger holds_keep_earnings after insert or update on holds
  for each row when (new.earning_id is not null) execute function hold_earning();

-- Records that a hold was placed or released.
create function tell_of_hold() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    perform tell_event('hold.placed', new.id, new.seller_id, event_facts(
      new.placed_by, null, 'active', new.reason_code, new.amount, new.currency));
  else
    perform tell_event('hold.released', new.id, new.seller_id, event_facts(
      new.released_by, 'active', 'released', new.reason_code, new.amount, new.currency));
  end if;
  return null;
end $$;
-- The only update of a hold is its release.
create trigger holds_tell after insert or update on holds
  for each row execute function tell_of_hold();
