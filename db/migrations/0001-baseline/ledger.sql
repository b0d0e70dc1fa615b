-- The ledger: where each seller's money is and how it came there. Double entry: each entry moves an
-- amount from one place to another.

-- The entries, which are never changed; a mistake is corrected by another entry.
create table ledger_entries (
  id bigint generated always as identity primary key,
  -- Identifies the business event, which is booked once, however often it is recorded.
  event_key text not null unique,
  kind text not null,
  seller_id text not null references sellers,
  -- Stripe's spelling, ISO 4217 in lower case.
  currency text not null check (currency ~ '^[a-z]{3}$'),
  from_place text not null,
  to_place text not null,
  -- The two places give the direction, so no amount is negative.
  amount bigint not null check (amount > 0),
  payout_id text references payouts,
  stripe_id text,
  created_at timestamptz not null default business_now(),
  -- An entry between equal places would move no money and could only hide a mistake.
  constraint an_entry_moves_money check (from_place <> to_place)
);
-- Serves the ledger of a seller.
create index ledger_entries_seller on ledger_entries (seller_id, id);
-- Serves the entries of a payout.
create index ledger_entries_payout on ledger_entries (payout_id);

-- The sum of the entries for each place. The trigger entries_move_balances keeps it, so that a
-- reservation reads and locks a few rows instead of the history.
create table balances (
  seller_id text not null references sellers,
  currency text not null,
  -- The places of domain/ledger.ts.
  place text not null check (place in ('owed', 'platform', 'platform-reserved', 'account',
    'account-reserved', 'in-transit', 'bank', 'foreign')),
  amount bigint not null,
  primary key (seller_id, currency, place),
  -- Reserved, sent and paid money is never negative. The other places may be negative, for example
  -- if a seller owes the platform money.
  constraint money_is_where_it_is_taken_from check (amount >= 0
    or place in ('owed', 'foreign', 'platform', 'account')),
  -- JavaScript represents integers exactly only up to 2^53. The API uses the name of this
  -- constraint.
  constraint sums_stay_whole_numbers
    check (abs(amount) <= 9007199254740991)
);

-- Adds an entry to both balances. Refuses to reserve more money than is available, because reserved
-- money is paid out.
create function post_entry() returns trigger language plpgsql as $$
declare
  left_behind bigint;
begin
  if new.kind = 'reserve' then
    select amount - new.amount into left_behind from balances
      where seller_id = new.seller_id and currency = new.currency and place = new.from_place
      for update;
    if left_behind is null or left_behind < 0 then
      raise exception 'no reservation beyond what is there' using errcode = 'check_violation',
        constraint = 'reservation_is_covered';
    end if;
  end if;
  insert into balances (seller_id, currency, place, amount)
    values (new.seller_id, new.currency, new.from_place, 0),
           (new.seller_id, new.currency, new.to_place, 0)
    on conflict do nothing;
  update balances set amount = balances.amount
      + case when place = new.to_place then new.amount else -new.amount end
    where seller_id = new.seller_id and currency = new.currency
      and place in (new.from_place, new.to_place);
  return new;
end $$;
-- In a trigger, so that every entry changes its balances.
create trigger entries_move_balances after insert on ledger_entries
  for each row execute function post_entry();

-- An entry never changes after it was booked.
create trigger entries_are_immutable before update or delete or truncate on ledger_entries
  for each statement execute function refuse_change();
