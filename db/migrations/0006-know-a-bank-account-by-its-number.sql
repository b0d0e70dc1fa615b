-- What failed payouts say about an account number counts for every seller who uses the number, and
-- the cooling period compares with the number that payouts went to last.

alter table bank_accounts
  -- Payouts in the currency go to this bank account, or went there until it was removed and no
  -- other bank account has taken its place since. A return to this number is no change.
  add column used_last boolean not null default false,
  -- The failure that paused the number concerned the details of this seller as the holder. Other
  -- sellers with the number are not paused.
  add column pause_is_of_holder boolean not null default false,
  -- When payouts changed to a number that another seller already used: a person should look.
  add column asks_person_since timestamptz;

update bank_accounts set used_last = true where is_default and gone_at is null;

alter table sellers
  -- Stripe lists the bank accounts of the account. If it lists none, there is none.
  add column lists_banks boolean not null default false;

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
    or fingerprint = print and (seller_id = seller or not pause_is_of_holder))
$$;

-- Whether the bank account for this currency is paused. A paused number stays paused if the seller
-- removes and adds it again, and for every seller who uses it. The rule is pausedSince in
-- domain/accounts/bank.ts; a test compares the two.
create or replace function bank_is_paused(seller text, money text) returns boolean
language sql stable as $$
  select exists (
    select from bank_accounts used
    where used.seller_id = seller and used.currency = money and used.is_default
      and used.gone_at is null and (used.paused_at is not null or exists (
        select from bank_accounts paused
        where paused.fingerprint = used.fingerprint and paused.paused_at is not null
          and (paused.seller_id = seller or not paused.pause_is_of_holder))))
$$;

-- Whether no bank account takes payouts in this currency. If Stripe does not list the bank
-- accounts, payouts go to the one that Stripe chooses. The rule is lacksBank in
-- domain/accounts/bank.ts; a test compares the two.
create function lacks_bank(seller text, money text) returns boolean language sql stable as $$
  select not exists (select from bank_accounts
      where seller_id = seller and currency = money and is_default and gone_at is null
        and fingerprint is not null)
    and (exists (select from bank_accounts where seller_id = seller and fingerprint is not null)
      or exists (select from sellers where id = seller and lists_banks)
        and not exists (select from bank_accounts where seller_id = seller and gone_at is null))
$$;
