import { sql, type Kysely } from 'kysely';

/** Every line of Stripe's books, beside what the ledger says happened there, and where they differ. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [movements, claims, discrepancies, passes, rules])
    await sql.raw(part).execute(db);
}

const movements = `
create table movements (
  id text primary key,
  seller_id text references sellers,
  type text not null,
  currency text not null check (currency ~ '^[a-z]{3}$'),
  net bigint not null,
  source text,
  object text,
  transfer text,
  charge text,
  payout_id text,
  is_of_charge boolean not null default false,
  standing text not null default 'open'
    check (standing in ('open', 'claimed', 'own', 'unknown-payout')),
  created_at timestamptz not null,
  available_on timestamptz not null,
  read_at timestamptz not null default business_now(),
  noted_at timestamptz not null default now(),
  position bigint generated always as identity
);
comment on table movements is 'The lines of Stripe''s books (txn_), each once, as they were read.';
comment on column movements.seller_id is 'Whose account it is; null is the platform''s own balance.';
comment on column movements.object is 'What an entry calls it: the transfer of an arrival, the reversal of what is taken back, else the source.';
comment on column movements.payout_id is 'Our payout, where the object at Stripe carries its id; there may be none of that name here.';
comment on column movements.noted_at is 'Real time: a clock that is moved gives nobody time to act.';
create index movements_open on movements (seller_id, created_at, position)
  where standing in ('open', 'unknown-payout');
create index movements_seller on movements (seller_id);
create index movements_object on movements (object) where seller_id is null;
create index movements_source on movements (source) where net > 0 and transfer is not null;

create table movement_sums (
  book text not null,
  currency text not null,
  type text not null,
  lines bigint not null,
  net bigint not null,
  primary key (book, currency, type)
);
comment on table movement_sums is 'What the lines add up to, for each seller and for the platform; kept by a trigger.';
create function add_to_sums() returns trigger language plpgsql as $$
begin
  insert into movement_sums (book, currency, type, lines, net)
    select coalesce(seller_id, 'platform'), currency, type, count(*), sum(net)
    from fresh group by 1, 2, 3 order by 1, 2, 3
  on conflict (book, currency, type) do update
    set lines = movement_sums.lines + excluded.lines, net = movement_sums.net + excluded.net;
  return null;
end $$;
create trigger movements_add_up after insert on movements
  referencing new table as fresh for each statement execute function add_to_sums();

-- Every account is read again from its beginning, so that each of its lines is here.
update sellers set movements_until = null;
comment on column sellers.movements_until is 'Stripe''s time of the newest line of the account that was read.';
`;

const claims = `
create table claims (
  entry_id bigint not null,
  side text not null check (side in ('account', 'platform')),
  seller_id text not null references sellers,
  currency text not null,
  net bigint not null,
  object text not null,
  movement_id text references movements,
  created_at timestamptz not null,
  primary key (entry_id, side)
);
comment on table claims is 'What an entry says happened in Stripe''s books, and the line that confirms it.';
create unique index one_claim_a_line on claims (movement_id) where movement_id is not null;
create index claims_object on claims (object);
create index claims_seller on claims (seller_id);
create index claims_open on claims (side, created_at) where movement_id is null;

create function claims_of(entry ledger_entries)
returns table (side text, net bigint, object text) language sql immutable as $$
  select 'account', case when entry.to_place like 'account%' then entry.amount else -entry.amount end,
    case when entry.event_key like 'txn\\_%' then entry.event_key
      else coalesce(entry.stripe_id, entry.event_key) end
  where (entry.from_place like 'account%') <> (entry.to_place like 'account%')
  union all
  select 'platform', case when entry.to_place like 'platform%' then entry.amount else -entry.amount end,
    coalesce(entry.stripe_id, entry.event_key)
  where entry.from_place like 'platform%' and entry.to_place like 'account%'
    or entry.from_place like 'account%' and entry.to_place like 'platform%'
$$;
comment on function claims_of is 'The places tell: what enters or leaves an account stands in its books, and in the platform''s where it came from there.';

create function note_claims() returns trigger language plpgsql as $$
begin
  insert into claims (entry_id, side, seller_id, currency, net, object, created_at)
    select new.id, side, new.seller_id, new.currency, net, object, new.created_at
    from claims_of(new);
  return null;
end $$;
create trigger entries_claim_lines after insert on ledger_entries for each row
  when ((new.from_place like 'account%') <> (new.to_place like 'account%'))
  execute function note_claims();

insert into claims (entry_id, side, seller_id, currency, net, object, created_at)
  select entry.id, side, seller_id, currency, net, object, created_at
  from ledger_entries entry, claims_of(entry);
`;

const discrepancies = `
create table discrepancies (
  id text primary key,
  cause text not null,
  object text not null,
  seller_id text references sellers,
  payout_id text,
  movement_id text,
  stripe_id text,
  at_stripe bigint,
  stripe_currency text,
  entry_id bigint,
  in_ledger bigint,
  ledger_currency text,
  opened_at timestamptz not null default business_now(),
  agrees_since timestamptz,
  closed_at timestamptz,
  closed_by text,
  close_reason text,
  unique (cause, object),
  check ((closed_at is null) = (closed_by is null)),
  check ((closed_at is null) = (close_reason is null))
);
comment on table discrepancies is 'Where the ledger and Stripe differ, or did until it was booked. Only a person closes one.';
comment on column discrepancies.object is 'What it is about; each cause is opened once for it, and never again.';
comment on column discrepancies.agrees_since is 'When both sides came to say the same after all.';
create index discrepancies_newest on discrepancies (opened_at desc, id desc);
create index discrepancies_open on discrepancies (seller_id) where closed_at is null;
create index discrepancies_attention
  on discrepancies (date_trunc('milliseconds', opened_at, 'UTC'), id) where closed_at is null;

create function close_once() returns trigger language plpgsql as $$
begin
  if old.closed_at is not null then
    raise exception 'a discrepancy that was closed does not change';
  end if;
  return new;
end $$;
create trigger discrepancies_are_closed_once before update on discrepancies
  for each row execute function close_once();
create trigger discrepancies_stay before delete on discrepancies
  for each row execute function refuse_change();
create trigger discrepancies_stay_all before truncate on discrepancies
  for each statement execute function refuse_change();
`;

const passes = `
create table reconciliation (
  id boolean primary key default true check (id),
  read_from timestamptz,
  walk_began_at timestamptz,
  walk_newest timestamptz,
  walk_after text,
  read_until timestamptz,
  passed_at timestamptz
);
insert into reconciliation default values;
comment on table reconciliation is 'How far the platform''s own books were read.';
comment on column reconciliation.read_from is 'Stripe''s time of the newest line that is here with all before it.';
comment on column reconciliation.walk_after is 'Stripe lists the newest first: the line after which a walk that was broken off goes on.';
comment on column reconciliation.read_until is 'Business time at which the last whole walk began.';

alter table sellers add column books_checked_at timestamptz;
create index sellers_unchecked on sellers (books_checked_at nulls first, id)
  where stripe_account is not null;
comment on column sellers.books_checked_at is 'When its lines and its entries were last held against each other.';
`;

const rules = `
drop index one_payout_a_payday;
create unique index one_payout_a_payday on payouts (seller_id, currency, payday)
  where payday is not null and replaces is null;
comment on index one_payout_a_payday is 'What takes the place of a payday''s payout belongs to that payday too.';

drop index sellers_stalest;
create index sellers_stalest on sellers (account_tried_at nulls first)
  where stripe_account is not null;

create function is_converted(seller text, money text) returns boolean language sql stable as $$
  select not exists (select from sellers where id = seller and currency = money)
    and not exists (select from bank_accounts
      where seller_id = seller and currency = money and gone_at is null)
$$;
comment on function is_converted is 'Stripe converts what arrives where the account has neither the currency for its own nor a bank account in it.';
`;
