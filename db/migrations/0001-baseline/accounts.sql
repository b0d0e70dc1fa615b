-- Accounts: what Stripe asks of a seller, and the bank accounts that payouts go to.

-- The requirements of a seller's account, as Stripe listed them at the last read.
create table requirements (
  seller_id text not null references sellers,
  position integer not null,
  description text not null,
  -- Who must act: the seller, or Stripe itself.
  must_act text not null check (must_act in ('seller', 'stripe')),
  -- Stripe's three degrees of urgency.
  deadline text not null check (deadline in ('eventually_due', 'currently_due', 'past_due')),
  deadline_at timestamptz,
  blocks text[] not null,
  errors text[] not null,
  primary key (seller_id, position)
);

-- The bank accounts of a seller, as Stripe lists them. A bank account that no longer exists stays
-- for the history.
create table bank_accounts (
  seller_id text not null references sellers,
  stripe_id text not null,
  -- Stripe's spelling, ISO 4217 in lower case.
  currency text not null check (currency ~ '^[a-z]{3}$'),
  -- Stripe's fingerprint of the account number: equal numbers have equal fingerprints. The number
  -- itself is never stored.
  fingerprint text,
  -- What the seller knows the bank account by: the bank's name and the last digits of the number.
  bank_name text,
  last4 text,
  status text not null,
  is_default boolean not null,
  -- Stripe has listed this bank account. If not, the engine knows it only from a failed payout.
  is_listed boolean not null default true,
  first_seen_at timestamptz not null default business_now(),
  gone_at timestamptz,
  -- How many payouts to this bank account failed.
  failures integer not null default 0,
  -- No payout of this seller goes to this fingerprint until an operator resumes it.
  paused_at timestamptz,
  -- Payouts went to another bank account before. Until this time, no payout goes to this one.
  cools_until timestamptz,
  -- Payouts in the currency go to this bank account, or went there until it was removed and no
  -- other bank account has taken its place since. A return to this number is no change.
  used_last boolean not null default false,
  -- The failure that paused the bank account says nothing about the number itself. Other sellers
  -- with the number are not paused.
  pause_is_of_seller boolean not null default false,
  -- When payouts changed to a number that another seller already used: a person should look.
  asks_person_since timestamptz,
  primary key (seller_id, stripe_id)
);
-- Finds the sellers who share an account number, or shared it.
create index bank_accounts_of_number on bank_accounts (fingerprint) where fingerprint is not null;
-- Finds the pauses of an account number, also of a number that many sellers share.
create index bank_accounts_paused on bank_accounts (fingerprint) where paused_at is not null;
-- Finds the bank accounts that a person should look at.
create index bank_accounts_attention on bank_accounts (cools_until)
  where asks_person_since is not null;

-- Since when a bank account is paused; null if it is not. The rule is pausedSince in
-- domain/accounts/bank.ts; a test compares the two.
create function bank_paused_since(seller text, bank text, print text) returns timestamptz
language sql stable as $$
  select min(paused_at) from bank_accounts
  where paused_at is not null and (seller_id = seller and stripe_id = bank
    or fingerprint = print and (seller_id = seller or not pause_is_of_seller))
$$;

-- Whether the bank account for this currency is paused. A paused number stays paused if the seller
-- removes and adds it again, and for every seller who uses it if the number itself is wrong. The
-- rule is pausedSince in domain/accounts/bank.ts; a test compares the two.
create function bank_is_paused(seller text, money text) returns boolean
language sql stable as $$
  select exists (
    select from bank_accounts used
    where used.seller_id = seller and used.currency = money and used.is_default
      and used.gone_at is null and (used.paused_at is not null or exists (
        select from bank_accounts paused
        where paused.fingerprint = used.fingerprint and paused.paused_at is not null
          and (paused.seller_id = seller or not paused.pause_is_of_seller))))
$$;

-- The time until which the bank account for this currency gets no payout; null if it can be paid
-- now. A thief who entered another bank account must wait, so the seller can object. The rule is
-- coolingBank in domain/accounts/bank.ts; a test compares the two.
create function bank_cools_until(seller text, money text) returns timestamptz language sql stable
as $$
  select max(cooling.cools_until)
  from bank_accounts used join bank_accounts cooling on cooling.seller_id = used.seller_id
    and (cooling.stripe_id = used.stripe_id or cooling.fingerprint = used.fingerprint)
  where used.seller_id = seller and used.currency = money and used.is_default
    and used.gone_at is null and cooling.cools_until > business_now()
$$;

-- Whether Stripe would convert this currency on arrival: neither the account's own currency nor one
-- of its bank accounts is in this currency. The engine pays no converted amount. The rule is
-- isConverted in domain/accounts/bank.ts; a test compares the two.
create function is_converted(seller text, money text) returns boolean language sql stable as $$
  select not exists (select from sellers where id = seller and currency = money)
    and not exists (select from bank_accounts
      where seller_id = seller and currency = money and gone_at is null)
$$;

-- Whether no bank account takes payouts in this currency, or several are the default and nobody
-- knows which one Stripe would pay. Only Stripe's list can say so; if Stripe
-- does not list the bank accounts, payouts go to the one that Stripe chooses. The rule is lacksBank
-- in domain/accounts/bank.ts; a test compares the two.
create function lacks_bank(seller text, money text) returns boolean language sql stable as $$
  select exists (select from sellers where id = seller and lists_banks)
    and 1 <> (select count(*) from bank_accounts
      where seller_id = seller and currency = money and is_default and gone_at is null
        and is_listed)
$$;

-- Records the events of a bank account.
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
-- Records that the bank account was added.
create trigger bank_accounts_tell_the_first after insert on bank_accounts
  for each row execute function tell_of_bank_account();
-- Each read of an account writes its bank accounts again; most reads change nothing.
create trigger bank_accounts_tell after update on bank_accounts for each row
  when (old.* is distinct from new.*) execute function tell_of_bank_account();
