-- What charges cover: a charge pays a seller once, and what a charge lost is held.

-- The customer's charge that brought the money: the charge that a posted earning names, or the
-- charge behind income at the account. Null for income that was read before this migration and
-- passed on by a transfer, because its line does not name the charge.
alter table earnings add column brought_by text;
-- The part that holds about this earning keep back. No payout contains it.
alter table earnings add column held bigint not null default 0;
-- No payout gets what is held, whichever statement allocates it.
alter table earnings add constraint held_is_not_allocated
  check (held >= 0 and allocated + held <= amount);
-- Serves the decision about a charge, which reads everything that the charge pays.
create index earnings_of_charge on earnings (brought_by) where brought_by is not null;

update earnings set brought_by = charge where place = 'platform';
update earnings set brought_by = earnings.charge from movements
  where place = 'account' and movements.id = external_id and movements.transfer is null;

-- The customer's charge whose money the transfer passes on.
alter table movements add column of_charge text;

-- The earning whose money is held. Such a hold counts once the earning is payable, so that it never
-- keeps back other money of the seller. Null for a hold on any money.
alter table holds add column earning_id text references earnings;
-- The hold is a part of one earning, so it has an amount.
alter table holds add constraint a_hold_of_an_earning_has_its_amount
  check (earning_id is null or amount is not null and expires_at is null);
-- Serves the earnings of a seller, which show their holds.
create index holds_of_earning on holds (earning_id) where earning_id is not null;

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

-- As before, and a hold also keeps its earning.
create or replace function release_once() returns trigger language plpgsql as $$
begin
  if old.released_at is not null
    or (old.id, old.seller_id, old.source, old.reason, old.about, old.currency, old.amount,
        old.placed_at, old.placed_by, old.release_rule, old.expires_at, old.earning_id)
      is distinct from (new.id, new.seller_id, new.source, new.reason, new.about, new.currency,
        new.amount, new.placed_at, new.placed_by, new.release_rule, new.expires_at,
        new.earning_id) then
    raise exception 'a hold only changes by its one release';
  end if;
  return new;
end $$;

-- As before. An earning that its charge does not cover counts with the uncovered part.
create or replace function tell_of_discrepancy() returns trigger language plpgsql as $$
declare
  amount bigint := case when new.cause in ('charge-pays-seller', 'charge-falls-short')
    then new.in_ledger - new.at_stripe else abs(coalesce(new.at_stripe, new.in_ledger)) end;
  currency text := coalesce(new.stripe_currency, new.ledger_currency);
begin
  if tg_op = 'INSERT' then
    perform tell_event('discrepancy.opened', new.id, new.seller_id, event_facts(
      'engine', null, 'open', new.cause, amount, currency));
  else
    perform tell_event('discrepancy.closed', new.id, new.seller_id, event_facts(
      new.closed_by, 'open', 'closed', new.cause, amount, currency));
  end if;
  return null;
end $$;
